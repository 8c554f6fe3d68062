import path from 'node:path';
import { Command } from 'commander';
import { edgeFileOption } from './options.ts';
import { addProxyOptions, openProxy, type ProxyFlags } from './proxy-options.ts';
import { untilSignal } from './signal.ts';

interface ProxyCommandOptions extends ProxyFlags {
  readonly file: string;
  readonly node: string;
  readonly state?: string;
}

export function proxy(): Command {
  const command = new Command('proxy')
    .description('Run the proxy of a node: it leads to every service, to the copies at the node itself first')
    .requiredOption('--node <name>', 'the node that it stands at')
    .addOption(edgeFileOption());
  return addProxyOptions(command, ['haproxy', 'nginx'], 'the node’s addresses')
    .option(
      '--state <folder>',
      'where the proxy keeps what it needs (default: edge/node-NODE in the state folder)',
    )
    .action(run);
}

async function run({ file, node, state, ...options }: ProxyCommandOptions): Promise<void> {
  const [{ followFile }, { createLog }, { nodePaths }] = await Promise.all([
    import('../../../edge/gateway/node-proxy.ts'),
    import('../../../lib/log.ts'),
    import('../../../lib/paths.ts'),
  ]);
  const log = createLog();
  const folder = state ?? path.join(nodePaths(process.env).stateDir, 'edge', `node-${node}`);
  const opened = await openProxy(path.join(folder, 'proxy'), options, log, { node });
  if (!opened) return;
  try {
    const end = followFile(file, node, opened, log);
    process.exitCode = await untilSignal();
    end();
  } finally {
    await opened.stop();
  }
}
