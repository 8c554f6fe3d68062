import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CertificateSource } from '../../../edge/proxy/certificate-source.ts';
import type { SiteProxy } from '../../../edge/proxy/site-proxy.ts';
import type { Log } from '../../../lib/log.ts';
import { several, wholeNumber } from '../../command.ts';

/** How a proxy is asked for, at a gateway and at a node. */
export interface ProxyFlags {
  readonly proxy: string;
  readonly proxyAddress?: string[];
  readonly certificates?: string;
  readonly trustedProxy?: string[];
  readonly clientConnections: number;
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
    )
    .addOption(
      several(
        '--trusted-proxy <network>',
        'address or network of a proxy in front, 10.1.0.5 or 10.1.0.0/16: what it says under X-Forwarded-For and the like is passed on; what others say is not',
      ),
    )
    .addOption(
      new Option('--client-connections <number>', 'connections that one client may have open to the proxy')
        .argParser(atLeastOne)
        .default(1000),
    );
}

/**
 * The proxy that is asked for; nothing when that is `none`.
 * @throws HeddleError ERR_USAGE, ERR_EDGE_PROXY, ERR_EDGE_CERTIFICATE
 */
export async function openProxy(
  folder: string,
  { proxy, proxyAddress: addresses = [], certificates: fromFiles, ...flags }: ProxyFlags,
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
  const [{ drivers }, { SiteProxy }, { certificateFolder }, { networkTexts }] = await Promise.all([
    import('../../../edge/proxy/drivers.ts'),
    import('../../../edge/proxy/site-proxy.ts'),
    import('../../../edge/proxy/certificates.ts'),
    import('../../../edge/dns/networks.ts'),
  ]);
  const kind = drivers[proxy];
  const certificates = acme ?? (fromFiles === undefined ? undefined : certificateFolder(fromFiles));
  const given = { ...(certificates && { certificates }), ...(node !== undefined && { node }) };
  const trusted = networkTexts(flags.trustedProxy ?? [], 'trusted proxy');
  const clients = { trusted, connections: flags.clientConnections };
  return kind && SiteProxy.open({ kind, balance, addresses, clients, folder, log, ...given });
}

function atLeastOne(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('at least one is needed');
  return number;
}
