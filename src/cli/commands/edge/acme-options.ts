import type { Command } from 'commander';
import type { CertificateSource } from '../../../edge/proxy/certificate-source.ts';
import { HeddleError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { several } from '../../command.ts';

/** How certificates of an ACME server are asked for. */
export interface AcmeFlags {
  readonly acme?: string;
  readonly acmeCa?: string;
  readonly acmeEmail?: string;
  readonly acmeName?: string[];
  readonly acmeAcceptTerms?: boolean;
  readonly acmeEabKid?: string;
  readonly acmeEabKey?: string;
}

export function addAcmeOptions(command: Command): Command {
  return command
    .option(
      '--acme <url>',
      'directory of an ACME server that issues certificates for the names that the proxy leads on from',
    )
    .option('--acme-accept-terms', 'the terms of the ACME server are read and accepted')
    .option('--acme-ca <file>', 'PEM file with the root of an ACME server of your own')
    .option('--acme-email <address>', 'where the ACME server may write to')
    .option('--acme-eab-kid <id>', 'an account made elsewhere that the ACME server wants to know of')
    .option('--acme-eab-key <file>', 'file with the key of that account, as the ACME server gave it')
    .addOption(several('--acme-name <name>', 'a name to have a certificate for (default: all)'));
}

/**
 * Certificates as they are asked for; nothing when they are not.
 * @throws HeddleError ERR_USAGE, ERR_FILE_NOT_FOUND, ERR_STATE
 */
export async function openAcme(
  folder: string,
  flags: AcmeFlags & { readonly proxy: string; readonly certificates?: string },
  log: Log,
): Promise<CertificateSource | undefined> {
  const { acme: directory, acmeCa: ca, acmeEmail: email, acmeName: names = [] } = flags;
  const { acmeEabKid: id, acmeEabKey: keyFile } = flags;
  const acceptsTerms = flags.acmeAcceptTerms === true;
  if (directory === undefined) {
    const others = [ca, email, id, keyFile, names[0], acceptsTerms || undefined];
    if (others.every((other) => other === undefined)) return undefined;
    throw new HeddleError('ERR_USAGE', 'there is no ACME server', { hint: '--acme URL names its directory' });
  }
  if (flags.certificates !== undefined)
    throw new HeddleError('ERR_USAGE', 'certificates come from files or from an ACME server, not from both', {
      hint: 'leave out --certificates or --acme',
    });
  if (flags.proxy === 'none')
    throw new HeddleError('ERR_USAGE', 'without a proxy nobody shows certificates', {
      hint: 'leave out --acme or --proxy none',
    });
  if ((id === undefined) !== (keyFile === undefined))
    throw new HeddleError('ERR_USAGE', 'an account made elsewhere has a name and a key', {
      hint: 'give both --acme-eab-kid and --acme-eab-key',
    });
  const external = id !== undefined && keyFile !== undefined ? { id, keyFile } : undefined;
  const { openAcme } = await import('../../../edge/acme/open.ts');
  return openAcme({ directory, ca, email, names, acceptsTerms, external, folder, log });
}
