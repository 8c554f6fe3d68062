import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeClient } from '../api/client.ts';
import { HeddleError, isHeddleError } from '../lib/errors.ts';
import { nodePaths } from '../lib/paths.ts';
import type { NodeOptions } from './command.ts';

/** Milliseconds that a node is given to start: the longest part is an engine that has to be started. */
const patience = 20_000;
/** Milliseconds that are waited for another command's node once one's own has ended. */
const patienceWithAnother = 3_000;

/** The node that runs; without one, ERR_NODE_ABSENT comes with the first request. */
export function connectNode(options: NodeOptions): NodeClient {
  return new NodeClient(pathsOf(options).socket);
}

/**
 * The node of this host, started if there is none. It outlives the command.
 * @throws HeddleError ERR_NODE_ABSENT with what its log says, when it does not start
 */
export async function ensureNode(options: NodeOptions): Promise<NodeClient> {
  const client = connectNode(options);
  if (await answers(client)) return client;
  const { runDir, socket, stateDir } = pathsOf(options);
  mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 });
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  const logFile = path.join(runDir, 'node.log');
  const log = openSync(logFile, 'a', 0o600);
  const flags = [
    '--socket',
    socket,
    '--state-dir',
    stateDir,
    ...(options.engine ? ['--engine', options.engine] : []),
  ];
  const node = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'node', ...flags], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
  });
  node.unref();
  let deadline = Date.now() + patience;
  // Two commands may start a node at once: the one that comes second ends, and its command waits for the other.
  node.on('exit', () => {
    deadline = Math.min(deadline, Date.now() + patienceWithAnother);
  });
  while (Date.now() < deadline) {
    if (await answers(client)) return client;
    await sleep(25);
  }
  throw new HeddleError(
    'ERR_NODE_ABSENT',
    `the node did not start; the end of ${logFile}:\n${await tail(logFile)}`,
  );
}

async function answers(client: NodeClient): Promise<boolean> {
  try {
    await client.info();
    return true;
  } catch (error) {
    if (isHeddleError(error, 'ERR_NODE_ABSENT')) return false;
    throw error;
  }
}

async function tail(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-3).join('\n');
}

function pathsOf({ socket, stateDir }: NodeOptions) {
  return nodePaths(process.env, {
    ...(socket !== undefined && { socket }),
    ...(stateDir !== undefined && { stateDir }),
  });
}
