import { type Topic, topicText } from './topic.ts';

/**
 * Where it is noted that a node was forgotten while it was away, and had a network then: it removes what nobody wants of it when it
 * returns. What a state has lost bears no such note.
 */
export function forgottenKey(node: string, topic: Topic): string {
  return `forgotten/${node}/${topicText(topic)}`;
}
