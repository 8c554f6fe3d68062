import type { Entry } from '../../state/state-manager.ts';
import { type Topic, topicText } from './topic.ts';

const prefix = 'forgotten/';
/** Milliseconds for which it is noted: a node that returns later keeps what it has, and says so. */
const term = 90 * 24 * 3_600_000;

/**
 * Where it is noted that a node was forgotten while it was away, and had a network then: it removes what nobody wants of it when it
 * returns. What a state has lost bears no such note.
 */
export function forgottenKey(node: string, topic: Topic): string {
  return `${prefix}${node}/${topicText(topic)}`;
}

/** The note itself. `now`: milliseconds since 1970. */
export function noteOf(now: number): { readonly at: number } {
  return { at: now };
}

/** What a note is about, if it is one for a node. */
export function forgottenTopic(key: string, node: string): Topic | undefined {
  const own = `${prefix}${node}/`;
  if (!key.startsWith(own)) return undefined;
  const [archetype, network] = key.slice(own.length).split('/');
  return archetype === undefined || network === undefined ? undefined : { archetype, network };
}

/** Notes for nodes that did not return in time. */
export function overNotes(entries: readonly Entry[], now: number): Entry[] {
  return entries.filter(
    ({ key, value }) => key.startsWith(prefix) && (value as ReturnType<typeof noteOf>).at < now - term,
  );
}
