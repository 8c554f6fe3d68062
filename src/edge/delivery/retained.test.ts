import { expect, test } from 'vitest';
import { RetainedTopics } from './retained.ts';

function keeping(...topics: readonly string[]) {
  const retained = new RetainedTopics();
  for (const topic of topics) retained.store({ topic, payload: 'something' });
  return { retained, found: (filter: string) => retained.matching(filter).map(({ topic }) => topic) };
}

const { found } = keeping(
  'view',
  'view/a/snapshot',
  'view/a/delta/1',
  'view/a/delta/2',
  'view/b/snapshot',
  '',
);

test.each([
  ['view/a/snapshot', ['view/a/snapshot']],
  ['view/a', []],
  ['view/a/#', ['view/a/snapshot', 'view/a/delta/1', 'view/a/delta/2']],
  ['view/#', ['view', 'view/a/snapshot', 'view/a/delta/1', 'view/a/delta/2', 'view/b/snapshot']],
  ['view/+/snapshot', ['view/a/snapshot', 'view/b/snapshot']],
  ['view/+/delta/+', ['view/a/delta/1', 'view/a/delta/2']],
  ['view/+', []],
  ['+', ['view', '']],
  ['other/#', []],
])('%s finds what is under it', (filter, topics) => {
  expect(found(filter)).toEqual(topics);
});

test('what comes later takes the place of what was there, and nothing takes it away', () => {
  const { retained, found: left } = keeping('view/a/delta/1', 'view/a');
  retained.store({ topic: 'view/a', payload: 'something else' });
  expect(retained.matching('view/a')).toEqual([{ topic: 'view/a', payload: 'something else' }]);
  retained.store({ topic: 'view/a', payload: Buffer.alloc(0) });
  expect(left('#')).toEqual(['view/a/delta/1']);
  retained.store({ topic: 'view/a/delta/1', payload: '' });
  retained.store({ topic: 'view/a/delta/2', payload: '' });
  expect(left('#')).toEqual([]);
});
