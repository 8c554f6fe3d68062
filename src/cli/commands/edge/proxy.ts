import path from 'node:path';
import { Command } from 'commander';
import type { SiteProxy } from '../../../edge/proxy/site-proxy.ts';
import type { Log } from '../../../lib/log.ts';
import { brokerOption, edgeFileOption } from './options.ts';
import { addProxyOptions, openProxy, type ProxyFlags } from './proxy-options.ts';
import { untilSignal } from './signal.ts';

interface ProxyCommandOptions extends ProxyFlags {
  readonly file: string;
  readonly node: string;
  readonly broker?: string[];
  readonly tls: string;
  readonly state?: string;
}

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
    .action(run);
}

async function run({ node, state, ...options }: ProxyCommandOptions): Promise<void> {
  const [{ createLog }, { nodePaths }] = await Promise.all([
    import('../../../lib/log.ts'),
    import('../../../lib/paths.ts'),
  ]);
  const log = createLog();
  const folder = state ?? path.join(nodePaths(process.env).stateDir, 'edge', `node-${node}`);
  const opened = await openProxy(path.join(folder, 'proxy'), options, log, { node });
  if (!opened) return;
  try {
    const end = await follow(node, folder, opened, options, log);
    process.exitCode = await untilSignal();
    await end();
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
): Promise<() => void | Promise<void>> {
  if (!broker) {
    const { followFile } = await import('../../../edge/gateway/node-file.ts');
    return followFile(file, node, proxy, log);
  }
  const [{ followController }, { brokerFeed }, { readBrokerUrl }, { nodeSubject }] = await Promise.all([
    import('../../../edge/gateway/node-view.ts'),
    import('../../../edge/gateway/broker-feed.ts'),
    import('../../../edge/delivery/dial.ts'),
    import('../../../edge/delivery/ca/subjects.ts'),
  ]);
  const brokers = broker.map(readBrokerUrl);
  const feed = await brokerFeed({ subject: nodeSubject(node), brokers, tls, state, log });
  return followController({ proxy, feed, state, log });
}
