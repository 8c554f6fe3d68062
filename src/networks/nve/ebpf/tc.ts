import { inNamespace } from '../../ip.ts';
import { listOf } from '../../json-of.ts';
import { host } from '../../linux/links.ts';

/** Runs several commands of tc(8) in one process; the first that fails ends it. */
export async function tcBatch(commands: readonly string[]): Promise<void> {
  if (commands.length === 0) return;
  await inNamespace(host, ['tc', '-batch', '-'], `${commands.join('\n')}\n`);
}

/** Runs one, and returns its JSON. */
export async function tcJson<T>(args: readonly string[]): Promise<T[]> {
  const text = await inNamespace(host, ['tc', '-j', ...args]);
  return listOf<T>(text);
}
