import { spawn } from 'node:child_process';
import { existsSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeClient } from '../api/client.ts';
import { HeddleError, isHeddleError } from '../lib/errors.ts';
import { type NodePaths, nodePaths, settingsFile } from '../lib/paths.ts';
import { nodeEnvironment } from './caller-environment.ts';
import type { NodeOptions } from './command.ts';

/** What starts Heddle, from sources as from the package. */
const launcher = path.resolve(import.meta.dirname, '../../bin/heddle');

/** Milliseconds that a node is given to start: the longest part is an engine that has to be started. */
const timeout = 20_000;
/** Milliseconds that are waited for another command's node once one's own has ended. */
const timeoutWithAnother = 3_000;

/** The node that runs; without one, ERR_NODE_ABSENT comes with the first request. */
export function presentNode(options: NodeOptions): NodeClient {
  return new NodeClient(pathsOf(options).socket);
}

/**
 * The node, for commands that ask for what it knows: where there is none, it is started with the first request, if
 * anything was ever brought up here. That request fails with ERR_PROJECT_UNKNOWN otherwise.
 */
export function connectNode(options: NodeOptions): NodeClient {
  const { socket, stateDir } = pathsOf(options);
  return new NodeClient(socket, () => {
    // The settings may say that the state is elsewhere.
    if (existsSync(path.join(stateDir, 'state.db')) || existsSync(settingsFile)) return ensureNode(options);
    if (process.getuid?.() !== 0) throw new HeddleError('ERR_NOT_ROOT', `${stateDir} is for root to read`);
    throw new HeddleError('ERR_PROJECT_UNKNOWN', 'no application was ever brought up on this host', {
      hint: '`heddle up` brings one up',
    });
  });
}

/**
 * The node of this host, started if there is none. It outlives the command.
 * @throws HeddleError ERR_NODE_ABSENT with what its log says, when it does not start
 */
export async function ensureNode(options: NodeOptions): Promise<NodeClient> {
  const client = presentNode(options);
  if (await answers(client)) return client;
  const { runDir, socket, stateDir } = pathsOf(options);
  mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 });
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  const logFile = path.join(runDir, 'node.log');
  const log = openSync(logFile, 'a', 0o600);
  const before = fstatSync(log).size;
  // What was not said, the node's settings may say.
  const flags = [
    ...(options.socket === undefined ? [] : ['--socket', socket]),
    ...(options.stateDir === undefined ? [] : ['--state-dir', stateDir]),
    ...(options.engine ? ['--engine', options.engine] : []),
  ];
  const node = spawn(launcher, ['node', 'start', ...flags], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: nodeEnvironment(),
  });
  node.unref();
  let deadline = Date.now() + timeout;
  // Two commands may start a node at once: the one that comes second ends, and its command waits for the other.
  node.on('exit', () => {
    deadline = Math.min(deadline, Date.now() + timeoutWithAnother);
  });
  while (Date.now() < deadline) {
    if (await answers(client)) return client;
    await sleep(25);
  }
  throw new HeddleError(
    'ERR_NODE_ABSENT',
    `the node did not start; the end of ${logFile}:\n${await tail(logFile, before)}`,
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

/** The last lines of a file, of those after its first `skip` bytes. */
async function tail(file: string, skip: number): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const content = await readFile(file).catch(() => Buffer.alloc(0));
  return content.subarray(skip).toString('utf8').trimEnd().split('\n').slice(-3).join('\n');
}

/** Where the options say that the node has its things. */
export function pathsOf({ socket, stateDir }: NodeOptions): NodePaths {
  return nodePaths(process.env, { socket, stateDir });
}
