import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { run } from '../../../lib/exec.ts';
import { functionNamespace } from '../../namespaces.ts';
import type { FunctionSpace } from './scene.ts';

// A function's namespace bears a name under /run/netns, so that it outlives every process in it.

const pathOf = (fn: string) => `/run/netns/${functionNamespace(fn)}`;

/** Gives a function's namespace its name, instead of one that it had before. @throws HeddleError ERR_NETWORK */
export async function hold({ name, pid, namespace }: FunctionSpace): Promise<void> {
  if (await isHeldAs(name, namespace)) return;
  await release(name);
  await run('ip', ['netns', 'attach', functionNamespace(name), String(pid)], { code: 'ERR_NETWORK' });
}

/** Whether the namespace of a function that runs is the one that bears its name. `namespace`: its inode. */
export async function isHeldAs(fn: string, namespace: number): Promise<boolean> {
  const named = await stat(pathOf(fn)).catch(() => undefined);
  return named?.ino === namespace;
}

/** Takes the name away: with the last process in it, the namespace ends. @throws HeddleError ERR_NETWORK */
export async function release(fn: string): Promise<void> {
  if (existsSync(pathOf(fn)))
    await run('ip', ['netns', 'del', functionNamespace(fn)], { code: 'ERR_NETWORK' });
}
