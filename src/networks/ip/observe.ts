import type { Namespace } from '../ip.ts';
import { nftList } from '../nft.ts';
import { type Element, table } from './rules.ts';

interface Listed {
  readonly set?: Container;
  readonly map?: Container;
}
interface Container {
  readonly name: string;
  readonly elem?: readonly unknown[];
}

/**
 * The elements of the sets and maps that there are, as words: `bridges hb0123`, `ports4 tcp 8080 10.1.0.2 80`. None when the
 * table is not there.
 * @throws HeddleError ERR_NETWORK
 */
export async function observeElements(namespace: Namespace): Promise<ReadonlySet<string>> {
  let listed: Listed[];
  try {
    listed = await nftList<Listed>(namespace, ['table', 'inet', table]);
  } catch (error) {
    if (/No such file or directory/.test(String(error))) return new Set();
    throw error;
  }
  const containers = listed.flatMap(({ set, map }) => set ?? map ?? []);
  return new Set(
    containers.flatMap(({ name, elem = [] }) => elem.map((one) => [name, ...wordsOf(one)].join(' '))),
  );
}

/** Of those, what is of one of some addresses: published ports that lead there, and who answers its questions. Pure. */
export function mappingsTo(addresses: readonly string[], elements: ReadonlySet<string>): Element[] {
  return [...elements].flatMap((element) => {
    const [container = '', ...words] = element.split(' ');
    if (container === 'resolvers4')
      return addresses.includes(words[0] ?? '')
        ? [{ in: container, key: words.slice(0, 1), data: words.slice(1) }]
        : [];
    const data = words.slice(-2);
    if (!/^(ports|at)[46]$/.test(container) || !addresses.includes(data[0] ?? '')) return [];
    return [{ in: container, key: words.slice(0, -2), data }];
  });
}

/** An element of nft's JSON: a value, a list of values, or `{ concat: [value, …] }`. */
function wordsOf(element: unknown): string[] {
  if (Array.isArray(element)) return element.flatMap(wordsOf);
  if (typeof element === 'object' && element !== null) return Object.values(element).flatMap(wordsOf);
  return [String(element)];
}
