import type { Changed } from '../state-manager.ts';
import type { WatchAnswer } from './answers.ts';
import { entryOf } from './entries.ts';

/**
 * The changes that a member tells, as far as they are complete: what is said of one revision may come in parts, and whoever
 * lost contact between two goes on after the last that was whole.
 */
export class CompleteChanges {
  readonly #base: string;
  #begun: Changed[] = [];

  /** @param base that keys lose */
  constructor(base: string) {
    this.#base = base;
  }

  /** What is complete by now, in order. @throws EtcdFailure for what was not asked for */
  push({ events, fragment }: Pick<WatchAnswer, 'events' | 'fragment'>): readonly Changed[] {
    const told = [...this.#begun, ...events.map((event) => changedOf(event, this.#base))];
    const last = told.at(-1)?.revision;
    const isBegun = ({ revision }: Changed) => fragment && revision === last;
    this.#begun = told.filter(isBegun);
    return told.filter((changed) => !isBegun(changed));
  }
}

function changedOf({ type, kv }: WatchAnswer['events'][number], base: string): Changed {
  const { key, revision, value } = entryOf(kv, base);
  return type === 'DELETE' ? { key, revision } : { key, revision, value };
}
