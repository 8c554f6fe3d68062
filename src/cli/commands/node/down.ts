import type { Command } from 'commander';
import { type NodeOptions, nodeCommand } from '../../command.ts';
import { configOption } from './config-option.ts';

interface DownOptions extends NodeOptions {
  readonly config?: string;
  readonly purge?: boolean;
  readonly force?: boolean;
}

/** Milliseconds that a node may take to end. */
const patience = 60_000;

export function nodeDown(): Command {
  return nodeCommand('down', 'Stop the node; applications and networks go on without it')
    .addOption(configOption())
    .option('--purge', 'remove every network that is no application’s, and all that they made on this host')
    .option('-f, --force', 'do not ask, and give up what Open vSwitch has of them, if it does not run')
    .action(async (options: DownOptions) => {
      const { isConfirmed } = await import('../../confirm.ts');
      const question = 'All networks of this host are removed, with their endpoints.';
      if (options.purge && !options.force && !(await isConfirmed(question, '--force'))) return;
      if (options.purge) await refuseOthers(options);
      if (options.purge) await refuseApplications(options);
      await stopNode(options);
      if (options.purge) await purge(options);
    });
}

/** What is purged is what the settings name: those of another node would leave all of this one's. */
async function refuseOthers({ config, ...options }: DownOptions): Promise<void> {
  const [{ presentNode }, { HeddleError, isHeddleError }, { readSettings }, { nodePaths }] =
    await Promise.all([
      import('../../node-connection.ts'),
      import('../../../lib/errors.ts'),
      import('../../../node/settings/read.ts'),
      import('../../../lib/paths.ts'),
    ]);
  const { stateDir } = nodePaths(process.env, options, readSettings(config));
  const info = await presentNode(options)
    .info()
    .catch((error) => {
      if (isHeddleError(error, 'ERR_NODE_ABSENT')) return undefined;
      throw error;
    });
  if (!info || info.stateDir === stateDir) return;
  throw new HeddleError(
    'ERR_USAGE',
    `the node keeps its state in ${info.stateDir}, and these settings say ${stateDir}: nothing was removed`,
    { hint: 'give the --config and --state-dir that it was started with' },
  );
}

/** Before the node is stopped; whoever makes one meanwhile is refused afterwards. */
async function refuseApplications(options: NodeOptions): Promise<void> {
  const [{ presentNode }, { isHeddleError }, { refuseOfApplications }] = await Promise.all([
    import('../../node-connection.ts'),
    import('../../../lib/errors.ts'),
    import('../../../node/networking/of-applications.ts'),
  ]);
  const networks = await presentNode(options)
    .networking.networks.list()
    .catch((error) => {
      if (isHeddleError(error, 'ERR_NODE_ABSENT')) return [];
      throw error;
    });
  refuseOfApplications(networks);
}

async function stopNode(options: NodeOptions): Promise<void> {
  const [{ presentNode }, { HeddleError, isHeddleError }, { setTimeout: sleep }] = await Promise.all([
    import('../../node-connection.ts'),
    import('../../../lib/errors.ts'),
    import('node:timers/promises'),
  ]);
  const pid = await presentNode(options)
    .info()
    .then(
      (info) => info.pid,
      (error) => {
        if (isHeddleError(error, 'ERR_NODE_ABSENT')) return undefined;
        throw error;
      },
    );
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  for (const until = Date.now() + patience; Date.now() < until; await sleep(20)) if (!runs(pid)) return;
  throw new HeddleError('ERR_NODE_RUNNING', `the node (process ${pid}) does not end`);
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function purge({ config, force = false, ...options }: DownOptions): Promise<void> {
  const [{ purgeNetworks }, { Journal }, { readSettings }, { nodePaths }, { createLog }] = await Promise.all([
    import('../../../node/networking/purge.ts'),
    import('../../../node/services/journal.ts'),
    import('../../../node/settings/read.ts'),
    import('../../../lib/paths.ts'),
    import('../../../lib/log.ts'),
  ]);
  const settings = readSettings(config);
  const { stateDir, runDir } = nodePaths(process.env, options, settings);
  const context = {
    stateDir,
    sockets: `${runDir}/services`,
    settings,
    config,
    env: process.env,
    journal: new Journal(),
    log: createLog('silent'),
  };
  const { gone, left } = await purgeNetworks(context, force);
  for (const name of gone) process.stdout.write(`${name}\n`);
  for (const what of left) process.stderr.write(`left: ${what}\n`);
}
