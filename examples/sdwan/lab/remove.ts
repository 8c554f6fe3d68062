import { rmSync } from 'node:fs';
import { until } from '../../lib/until.ts';
import { folder } from './lab.ts';
import { ip, namespaces, processesIn } from './namespace.ts';

/**
 * Ends what runs in the lab's namespaces, and removes them and its folder, whoever built it. Goes on past errors.
 * @throws AggregateError of all that went wrong
 */
export async function removeLab(): Promise<void> {
  const errors: unknown[] = [];
  const attempt = async (step: () => unknown) => {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  };
  const running = () => namespaces().flatMap(processesIn);
  await attempt(async () => {
    end(running(), 'SIGTERM');
    await until('all have ended', () => running().length === 0, 5000).catch(() => end(running(), 'SIGKILL'));
    await until('all that was killed has ended', () => running().length === 0, 5000);
  });
  for (const name of namespaces()) await attempt(() => ip('netns', 'delete', name));
  await attempt(() => rmSync(folder, { recursive: true, force: true }));
  if (errors.length > 0) throw new AggregateError(errors, 'the lab could not be removed entirely');
}

function end(ids: readonly number[], signal: NodeJS.Signals): void {
  for (const id of ids) {
    try {
      process.kill(id, signal);
    } catch {
      // It has ended in the meantime.
    }
  }
}
