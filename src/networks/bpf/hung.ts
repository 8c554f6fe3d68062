import { inNamespace, type Namespace } from '../ip.ts';
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
    const lines = hooks.flatMap((hook) => devices.map((dev) => `filter show dev ${dev} ${hook}\n`)).join('');
    try {
      const said = answersOf(await inNamespace(namespace, ['tc', '-j', '-batch', '-'], lines));
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
  const all = JSON.parse(queues || '[]') as { kind?: string; dev?: string }[];
  return all.flatMap(({ kind, dev }) => (kind === 'clsact' && dev !== undefined ? [dev] : []));
}

/** What `tc -j -batch` prints of filters: a list for each line that it was given. Pure. */
export function answersOf(text: string): Set<number>[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const filters = JSON.parse(line) as { options?: { prog?: { id?: number } } }[];
    return new Set(filters.flatMap(({ options }) => options?.prog?.id ?? []));
  });
}
