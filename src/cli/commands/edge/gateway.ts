import path from 'node:path';
import { Command, Option } from 'commander';
import type { SiteProxy } from '../../../edge/proxy/site-proxy.ts';
import type { ZoneKeeper } from '../../../edge/update/zone-keeper.ts';
import { HeddleError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { several } from '../../command.ts';
import { type AcmeFlags, addAcmeOptions, openAcme } from './acme-options.ts';
import {
  brokerOption,
  edgeFileOption,
  endpoint,
  listenOption,
  metricsEndpoint,
  metricsOption,
} from './options.ts';
import { addProxyOptions, openProxy, type ProxyFlags } from './proxy-options.ts';
import { untilSignal } from './signal.ts';

interface GatewayCommandOptions extends ProxyFlags, AcmeFlags {
  readonly file: string;
  readonly site: string;
  readonly broker?: string[];
  readonly tls: string;
  readonly listen?: string[];
  readonly dnsUpdate?: string[];
  readonly tsigKey?: string;
  readonly forwarder?: string[];
  readonly state?: string;
  readonly echoKey?: string;
  readonly balance: string;
  readonly metrics?: string;
}

const metricsPort = 9851;

export function gateway(): Command {
  const command = new Command('gateway')
    .description(
      'Run the gateway of a site: it answers DNS for the domain, and proxies to the nearest copies',
    )
    .requiredOption('--site <name>', 'the site that it stands at')
    .addOption(edgeFileOption())
    .addOption(brokerOption())
    .option('--tls <folder>', 'folder with the gateway’s certificate, for the broker', 'edge-tls')
    .addOption(listenOption('where DNS is answered, 192.0.2.1:53', 'port 53 of the site’s gateway'))
    .addOption(
      several(
        '--dns-update <address>',
        'BIND, Knot or another server that answers instead, 192.0.2.53[:53]: its zone is kept up to date; with --listen both answer',
      ),
    )
    .option('--tsig-key <file>', 'the key for that, as tsig-keygen prints it')
    .addOption(
      several(
        '--forwarder <network>',
        'address or network of a resolver that asks for many clients, 10.1.0.53 or 10.1.0.0/16: it is not limited',
      ),
    )
    .option(
      '--echo-key <file>',
      'a secret that the gateways share, for them to measure the distances between them; with a broker it is not needed',
    );
  addProxyOptions(command, ['haproxy', 'nginx', 'none'], 'the site’s gateway addresses');
  return addAcmeOptions(command)
    .addOption(
      new Option('--balance <way>', 'how UDP, and TCP ports of layer 4, are led on')
        .choices(['nftables', 'none'])
        .default('nftables'),
    )
    .addOption(metricsOption(metricsPort))
    .option('--state <folder>', 'where the last good view is kept (default: edge/SITE in the state folder)')
    .action(run);
}

async function run({ site, listen = [], forwarder = [], ...options }: GatewayCommandOptions): Promise<void> {
  const [{ startGateway }, { networks }, { createLog }, { nodePaths }] = await Promise.all([
    import('../../../edge/gateway/gateway.ts'),
    import('../../../edge/dns/networks.ts'),
    import('../../../lib/log.ts'),
    import('../../../lib/paths.ts'),
  ]);
  const log = createLog();
  // What is written wrong is said before anything is begun.
  const endpoints = listen.map((text) => endpoint(text, 53));
  networks(forwarder);
  const metrics = options.metrics === undefined ? undefined : metricsEndpoint(options.metrics, metricsPort);
  const state = options.state ?? path.join(nodePaths(process.env).stateDir, 'edge', site);
  const feed = await feedOf(site, state, options);
  const keepers = await zoneKeepers(options, log);
  const balance = options.balance === 'nftables';
  const acme = await openAcme(path.join(state, 'acme'), options, log);
  const proxy = await openProxy(path.join(state, 'proxy'), options, log, { balance, acme });
  const balancer = balance ? [await openBalancer(site, proxy, options, log)] : [];
  const running = await startGateway({
    site,
    feed,
    listen: endpoints,
    answeredElsewhere: keepers.length > 0 && listen.length === 0,
    forwarders: forwarder,
    state,
    subscribers: [...(proxy ? [proxy] : []), ...balancer, ...keepers],
    ...(proxy && { proxy }),
    ...(metrics && { metrics }),
    log,
  });
  process.exitCode = await untilSignal();
  await running.stop();
}

/** What keeps the zones of other servers up to date. */
async function zoneKeepers(
  { dnsUpdate = [], tsigKey }: Pick<GatewayCommandOptions, 'dnsUpdate' | 'tsigKey'>,
  log: Log,
): Promise<ZoneKeeper[]> {
  if (dnsUpdate.length > 0 !== (tsigKey !== undefined))
    throw new HeddleError('ERR_USAGE', '--dns-update and --tsig-key go together', {
      hint: 'make a key with: tsig-keygen -a hmac-sha256 heddle > heddle.key',
    });
  if (tsigKey === undefined) return [];
  const [{ readKey }, { ZoneKeeper }] = await Promise.all([
    import('../../../edge/update/key.ts'),
    import('../../../edge/update/zone-keeper.ts'),
  ]);
  const key = readKey(tsigKey);
  return dnsUpdate.map((text) => new ZoneKeeper({ server: endpoint(text, 53), key, log }));
}

async function openBalancer(
  site: string,
  proxy: SiteProxy | undefined,
  { proxyAddress: addresses = [] }: ProxyFlags,
  log: Log,
) {
  const { SiteBalancer } = await import('../../../edge/balance/site-balancer.ts');
  return new SiteBalancer({ site, addresses, speaksTls: () => proxy?.speaksTls ?? false, log });
}

async function feedOf(
  site: string,
  state: string,
  { file, broker, tls, echoKey }: Pick<GatewayCommandOptions, 'file' | 'broker' | 'tls' | 'echoKey'>,
) {
  const { createLog } = await import('../../../lib/log.ts');
  const log = createLog();
  if (!broker) {
    const [{ fileFeed }, { readSecret }] = await Promise.all([
      import('../../../edge/gateway/file-feed.ts'),
      import('../../../edge/distance/echo/secret.ts'),
    ]);
    return fileFeed(file, site, echoKey === undefined ? undefined : readSecret(echoKey), log);
  }
  const [{ brokerFeed }, { readBrokerUrl }, { gatewaySubject }] = await Promise.all([
    import('../../../edge/gateway/broker-feed.ts'),
    import('../../../edge/delivery/dial.ts'),
    import('../../../edge/ca/subjects.ts'),
  ]);
  return brokerFeed({
    subject: gatewaySubject(site),
    site,
    brokers: broker.map(readBrokerUrl),
    tls,
    state,
    log,
  });
}
