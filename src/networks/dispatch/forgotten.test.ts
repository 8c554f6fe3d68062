import { expect, test } from 'vitest';
import { forgottenKey, forgottenTopic, noteOf, overNotes } from './forgotten.ts';

const topic = { archetype: 'ip', network: 'lab' };
const day = 24 * 3_600_000;

test('a note is for the node that it names', () => {
  const key = forgottenKey('north', topic);
  expect(forgottenTopic(key, 'north')).toEqual(topic);
  expect(forgottenTopic(key, 'nor')).toBeUndefined();
  expect(forgottenTopic('networks/ip/wanted/lab', 'north')).toBeUndefined();
});

test('a note for a node that never returns ends with time, and nothing else does', () => {
  const entries = [
    { key: forgottenKey('north', topic), value: noteOf(0), revision: 1 },
    { key: forgottenKey('south', topic), value: noteOf(2 * day), revision: 2 },
    { key: 'networks/ip/wanted/lab', value: { at: 0 }, revision: 3 },
  ];
  expect(overNotes(entries, 91 * day).map(({ revision }) => revision)).toEqual([1]);
});
