import { type Asker, decide } from '../../src/networks/etarch/domain/decide.ts';
import { type Domain, domainOf } from '../../src/networks/etarch/domain/domain.ts';
import type { Answer, EntityRequest } from '../../src/networks/etarch/wire/control.ts';
import type { Change } from '../../src/state/state-manager.ts';

/** A domain in memory, to which decisions are applied one after the other. */
export class DomainModel {
  readonly #rows = new Map<string, unknown>();
  now = 0;

  get domain(): Domain {
    return domainOf([...this.#rows].map(([key, value]) => ({ key, value })));
  }

  get size(): number {
    return this.#rows.size;
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if ('delete' in change) this.#rows.delete(change.key);
      else this.#rows.set(change.key, change.value);
    }
  }

  ask(asker: Asker, request: EntityRequest): Answer {
    const { answer, changes } = decide(this.domain, asker, request, this.now);
    this.apply(changes);
    return answer;
  }
}

/** An endpoint of a node, which may have these titles. */
export function endpoint(name: string, titles: readonly string[] = [name], node = 'one'): Asker {
  const number = [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 256, 0);
  return { node, endpoint: name, mac: `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`, titles };
}
