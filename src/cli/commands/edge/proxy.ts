import path from 'node:path';
import { Command } from 'commander';
import type { Following } from '../../../edge/gateway/node-view.ts';
import type { Endpoint } from '../../../edge/listen/endpoint.ts';
import type { SiteProxy } from '../../../edge/proxy/site-proxy.ts';
import type { Log } from '../../../lib/log.ts';
import { brokerOption, edgeFileOption, metricsEndpoint, metricsOption } from './options.ts';
import { addProxyOptions, openProxy, type ProxyFlags } from './proxy-options.ts';
import { untilSignal } from './signal.ts';

interface ProxyCommandOptions extends ProxyFlags {
  readonly file: string;
  readonly node: string;
  readonly broker?: string[];
  readonly tls: string;
  readonly state?: string;
  readonly metrics?: string;
}

const metricsPort = 9853;

export function proxy(): Command {
  const command = new Command('proxy')
    .description('Run the proxy of a node: it leads to every service, to the copies at the node itself first')
    .requiredOption('--node <name>', 'the node that it stands at')
    .addOption(edgeFileOption())
    .addOption(brokerOption())
    .option('--tls <folder>', 'folder with the node’s certificate, for the broker', 'edge-tls');
  return addProxyOptions(command, ['haproxy', 'nginx'], 'the node’s addresses')
    .option(
      '--state <folder>',
      'where the proxy keeps what it needs (default: edge/node-NODE in the state folder)',
    )
    .addOption(metricsOption(metricsPort))
    .action(run);
}

async function run({ node, state, ...options }: ProxyCommandOptions): Promise<void> {
  const [{ createLog }, { nodePaths }] = await Promise.all([
    import('../../../lib/log.ts'),
    import('../../../lib/paths.ts'),
  ]);
  const log = createLog();
  const metrics = options.metrics === undefined ? undefined : metricsEndpoint(options.metrics, metricsPort);
  const folder = state ?? path.join(nodePaths(process.env).stateDir, 'edge', `node-${node}`);
  const opened = await openProxy(path.join(folder, 'proxy'), options, log, { node });
  if (!opened) return;
  try {
    const following = await follow(node, folder, opened, options, log);
    const shown = metrics && (await show(node, opened, following, metrics, log));
    process.exitCode = await untilSignal();
    shown?.close();
    await following.end();
  } finally {
    await opened.stop();
  }
}

/** Has the proxy do what the controller says, or the file. */
async function follow(
  node: string,
  state: string,
  proxy: SiteProxy,
  { file, broker, tls }: Pick<ProxyCommandOptions, 'file' | 'broker' | 'tls'>,
  log: Log,
): Promise<Following> {
  if (!broker) {
    const { followFile } = await import('../../../edge/gateway/node-file.ts');
    return followFile(file, node, proxy, log);
  }
  const [{ followController }, { brokerFeed }, { readBrokerUrl }, { nodeSubject }] = await Promise.all([
    import('../../../edge/gateway/node-view.ts'),
    import('../../../edge/gateway/broker-feed.ts'),
    import('../../../edge/delivery/dial.ts'),
    import('../../../edge/ca/subjects.ts'),
  ]);
  const brokers = broker.map(readBrokerUrl);
  const feed = await brokerFeed({ subject: nodeSubject(node), brokers, tls, state, log });
  return followController({ proxy, feed, state, log });
}

/** Serves what the proxy counts. */
async function show(node: string, proxy: SiteProxy, following: Following, at: Endpoint, log: Log) {
  const [{ serveMetrics }, { nodeText }, { readInterfaces }] = await Promise.all([
    import('../../../edge/telemetry/metrics-server.ts'),
    import('../../../edge/telemetry/node-families.ts'),
    import('../../../edge/telemetry/interfaces.ts'),
  ]);
  const text = async () =>
    nodeText(node, {
      proxy: await proxy.figures(),
      view: { cutOff: following.isCutOff() },
      certificates: [following.certificate() ?? [], proxy.certificates].flat(),
      interfaces: readInterfaces(),
    });
  return serveMetrics(at, text, log);
}
