import { createHash } from 'node:crypto';

/**
 * The lookup table of "Maglev: A Fast and Reliable Software Network Load Balancer" (NSDI 2016), 3.4: which backend each
 * hash value leads to. Every backend has as many entries as any other, give or take one; when one comes or goes, few
 * entries change but those that it gets or had. A function of the set of backends alone: whoever computes it gets the same.
 * @param size a prime, many times the number of backends
 */
export function maglev(backends: Iterable<string>, size: number): string[] {
  const turns = [...new Set(backends)].sort().map((backend) => ({ backend, ...permutation(backend, size) }));
  const table = new Array<string | undefined>(size);
  for (let filled = 0; turns.length > 0; ) {
    for (const turn of turns) {
      while (table[turn.next] !== undefined) turn.next = (turn.next + turn.skip) % size;
      table[turn.next] = turn.backend;
      if (++filled === size) return table as string[];
    }
  }
  return [];
}

/** The order in which a backend wants the entries: from `next` on, in steps of `skip`. */
function permutation(backend: string, size: number): { next: number; readonly skip: number } {
  const hash = createHash('sha256').update(backend).digest();
  return { next: hash.readUInt32BE(0) % size, skip: (hash.readUInt32BE(4) % (size - 1)) + 1 };
}
