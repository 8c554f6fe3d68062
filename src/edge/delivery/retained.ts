/** What is retained of a topic. */
export interface Retained {
  readonly topic: string;
  readonly payload: string | Buffer;
}

interface Level<T> {
  kept?: T;
  readonly below: Map<string, Level<T>>;
}

/**
 * What a broker retains, by the levels of its topics: a filter costs what it finds, not what there is. Otherwise a thousand
 * gateways that come back together are looked up a thousand times among what is there for all of them.
 */
export class RetainedTopics<T extends Retained> {
  readonly #top: Level<T> = { below: new Map() };

  /** Keeps what came last under a topic; nothing in it: takes it away (MQTT 3.1.1, 3.3.1.3). */
  store(packet: T): void {
    const levels = packet.topic.split('/');
    if (packet.payload.length === 0) {
      remove(this.#top, levels);
      return;
    }
    let at = this.#top;
    for (const level of levels) {
      const next = at.below.get(level) ?? { below: new Map() };
      at.below.set(level, next);
      at = next;
    }
    at.kept = packet;
  }

  /** All under topics that a filter matches, with `+` for one level and `#` for those that are left (4.7.1). */
  matching(filter: string): T[] {
    const found: T[] = [];
    find(this.#top, filter.split('/'), found);
    return found;
  }
}

/** Whether nothing is left there, so that topics that come and go leave nothing behind. */
function remove<T>(at: Level<T>, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) delete at.kept;
  else {
    const next = at.below.get(first);
    if (next && remove(next, rest)) at.below.delete(first);
  }
  return at.kept === undefined && at.below.size === 0;
}

function find<T>(at: Level<T>, [first, ...rest]: readonly string[], found: T[]): void {
  if (first === undefined) {
    if (at.kept !== undefined) found.push(at.kept);
    return;
  }
  if (first === '#') {
    // The level above it is matched, too.
    find(at, [], found);
    for (const next of at.below.values()) find(next, ['#'], found);
    return;
  }
  const next = first === '+' ? at.below.values() : [at.below.get(first)];
  for (const one of next) if (one) find(one, rest, found);
}
