import { type Command, Option } from 'commander';
import type { CertificateSource } from '../../../edge/proxy/certificate-source.ts';
import type { SiteProxy } from '../../../edge/proxy/site-proxy.ts';
import type { Log } from '../../../lib/log.ts';
import { several } from '../../command.ts';

/** How a proxy is asked for, at a gateway and at a node. */
export interface ProxyFlags {
  readonly proxy: string;
  readonly proxyAddress?: string[];
  readonly certificates?: string;
}

export function addProxyOptions(
  command: Command,
  programs: readonly string[],
  usualAddresses: string,
): Command {
  return command
    .addOption(new Option('--proxy <program>', 'what leads clients on').choices(programs).default('haproxy'))
    .addOption(several('--proxy-address <address>', `where the proxy listens (default: ${usualAddresses})`))
    .option(
      '--certificates <folder>',
      'PEM files, each a certificate and its key: the proxy speaks HTTPS on port 443',
    );
}

/**
 * The proxy that is asked for; nothing when that is `none`.
 * @throws HeddleError ERR_EDGE_PROXY, ERR_EDGE_CERTIFICATE
 */
export async function openProxy(
  folder: string,
  { proxy, proxyAddress: addresses = [], certificates: fromFiles }: ProxyFlags,
  log: Log,
  {
    node,
    balance = false,
    acme,
  }: {
    readonly node?: string;
    readonly balance?: boolean;
    readonly acme?: CertificateSource | undefined;
  } = {},
): Promise<SiteProxy | undefined> {
  const [{ drivers }, { SiteProxy }, { certificateFolder }] = await Promise.all([
    import('../../../edge/proxy/drivers.ts'),
    import('../../../edge/proxy/site-proxy.ts'),
    import('../../../edge/proxy/certificates.ts'),
  ]);
  const kind = drivers[proxy];
  const certificates = acme ?? (fromFiles === undefined ? undefined : certificateFolder(fromFiles));
  const given = { ...(certificates && { certificates }), ...(node !== undefined && { node }) };
  return kind && SiteProxy.open({ kind, balance, addresses, folder, log, ...given });
}
