import { HeddleError } from '../../lib/errors.ts';
import { inNamespace, type Namespace } from '../ip.ts';
import { jsonOf, listOf } from '../json-of.ts';
import type { Hook } from './hook.ts';

/** Numbers in the kernel of the programs that hang at interfaces, by the interface's name. */
export type Hung = ReadonlyMap<string, ReadonlySet<number>>;

/** How often it is looked again where an interface went in between. */
const tries = 5;

/**
 * The programs that hang at the interfaces of a namespace, as its filters (tc-bpf(8)). Each interface is asked for: `bpftool net`
 * reads the queues of all of them for each, which takes a second where there are a thousand.
 * @throws HeddleError ERR_NETWORK
 */
export async function programsAt(namespace: Namespace, hooks: readonly Hook[]): Promise<Hung[]> {
  for (let left = tries; ; left--) {
    const queues = await inNamespace(namespace, ['tc', '-j', 'qdisc', 'show']);
    const devices = devicesOf(queues);
    if (devices.length === 0) return hooks.map(() => new Map());
    const lines = hooks.flatMap((hook) => devices.map((dev) => `filter show dev ${dev} ${hook}`));
    try {
      const said = answersOf(
        await inNamespace(namespace, ['tc', '-j', '-batch', '-'], `${lines.join('\n')}\n`),
      );
      // Nobody could tell which is of which.
      if (said.length !== lines.length)
        throw new HeddleError('ERR_NETWORK', `tc: ${said.length} answers to ${lines.length} questions`);
      return hooks.map((_, at) => {
        const own = said.slice(at * devices.length, (at + 1) * devices.length);
        return new Map(devices.map((dev, index) => [dev, own[index] ?? new Set()]));
      });
    } catch (error) {
      if (left === 0 || !/Cannot find device|doesn.t exist/.test(String(error))) throw error;
    }
  }
}

/** Those that programs can hang at. Pure. */
function devicesOf(queues: string): string[] {
  return listOf<{ kind?: string; dev?: string }>(queues).flatMap(({ kind, dev }) =>
    kind === 'clsact' && dev !== undefined ? [dev] : [],
  );
}

/** What `tc -j -batch` prints of filters: a list for each line that it was given. Pure. */
export function answersOf(text: string): Set<number>[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const filters = jsonOf<{ options?: { prog?: { id?: number } } }[]>(line);
    return new Set(filters.flatMap(({ options }) => options?.prog?.id ?? []));
  });
}
