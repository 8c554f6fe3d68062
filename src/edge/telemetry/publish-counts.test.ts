import { expect, test } from 'vitest';
import { aliveTopic, deltaTopic, peersTopic, revocationsTopic, snapshotTopic } from '../delivery/topics.ts';
import { PublishCounts } from './publish-counts.ts';

test('messages are counted by what they are, not by whom they are for', () => {
  const counts = new PublishCounts();
  for (const subject of ['gateway:oulu', 'node:n1']) {
    counts.add(snapshotTopic(subject), 1000);
    for (const place of [1, 2]) counts.add(deltaTopic(subject, place), 10);
    counts.add(peersTopic(subject), 5);
  }
  counts.add(aliveTopic, 3);
  counts.add(revocationsTopic, 4);
  expect(counts.read()).toEqual([
    { kind: 'snapshot', messages: 2, bytes: 2000 },
    { kind: 'delta', messages: 4, bytes: 40 },
    { kind: 'peers', messages: 2, bytes: 10 },
    { kind: 'alive', messages: 1, bytes: 3 },
    { kind: 'revocations', messages: 1, bytes: 4 },
  ]);
});
