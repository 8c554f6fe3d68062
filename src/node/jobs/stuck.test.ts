import { expect, test } from 'vitest';
import { at, progress, rank } from '../../../test/support/job-ranks.ts';
import type { RankReport } from '../../monitor/jobs/status.ts';
import { type Advances, advanced, stuckText } from './stuck.ts';

/** What is said after looks, each with its time in seconds. */
function said(
  looks: readonly (readonly [seconds: number, ranks: readonly RankReport[]])[],
  job: { readonly progressDeadline?: number } = { progressDeadline: 10_000 },
  stepTime?: number,
): string | undefined {
  let advances: Advances = new Map();
  let text: string | undefined;
  for (const [seconds, ranks] of looks) {
    advances = advanced(advances, ranks, seconds * 1000);
    text = stuckText(job, ranks, advances, stepTime, seconds * 1000);
  }
  return text;
}

const pair = (first: RankReport['progress'], second: RankReport['progress']) => [
  rank(0, { progress: first }),
  rank(1, { progress: second }),
];

test('who goes on is not stuck, however long it takes', () => {
  const looks = [1, 9, 18, 27].map((one) => [one, pair(progress(one), progress(one))] as const);
  expect(said(looks)).toBeUndefined();
});

test('named is who stands in something of its own while the others wait for it', () => {
  const still = pair(progress(4, { phase: 'network' }), progress(4, { phase: 'compute' }));
  const later = pair(
    progress(4, { phase: 'network', at: at(30) }),
    progress(4, { phase: 'compute', at: at(30) }),
  );
  expect(
    said([
      [1, still],
      [12, later],
    ]),
  ).toBe('rank 1 made no progress for 10 s: at step 4, in compute');
});

test('named is who says nothing any more, such as one whose processes stand still', () => {
  const first = pair(progress(4, { at: at(1) }), progress(4, { at: at(1) }));
  const later = pair(progress(4, { at: at(11) }), progress(4, { at: at(1) }));
  expect(
    said([
      [1, first],
      [12, later],
    ]),
  ).toBe('rank 1 made no progress for 10 s: at step 4');
});

test('named is who is least far', () => {
  const still = pair(progress(5, { at: at(1) }), progress(4, { at: at(1) }));
  expect(
    said([
      [1, still],
      [12, still],
    ]),
  ).toBe('rank 1 made no progress for 10 s: at step 4');
});

test('without a deadline it follows from the steps, and who says nothing is left alone', () => {
  const still = pair(progress(4), progress(4));
  expect(
    said(
      [
        [0, still],
        [61, still],
      ],
      {},
      100,
    ),
  ).toBe('ranks 0, 1 made no progress for 60 s: at step 4');
  expect(
    said(
      [
        [0, still],
        [61, still],
      ],
      {},
      10_000,
    ),
  ).toBeUndefined();
  expect(
    said(
      [
        [0, still],
        [201, still],
      ],
      {},
      10_000,
    ),
  ).toContain('for 200 s');
  expect(
    said(
      [
        [0, still],
        [1000, still],
      ],
      {},
    ),
  ).toBeUndefined();
  const silent = pair(null, null);
  expect(
    said(
      [
        [0, silent],
        [1000, silent],
      ],
      {},
      100,
    ),
  ).toBeUndefined();
  expect(
    said([
      [0, silent],
      [1000, silent],
    ]),
  ).toBe('ranks 0, 1 said nothing for 10 s');
});

test('one that was started again begins anew', () => {
  const again = [
    rank(0, { startedAt: at(10), progress: progress(4) }),
    rank(1, { startedAt: at(10), progress: progress(4) }),
  ];
  expect(
    said([
      [1, pair(progress(4), progress(4))],
      [12, again],
    ]),
  ).toBeUndefined();
});

test('who is paused, or is at its last step, is not stuck', () => {
  const paused = [rank(0, { progress: progress(4), state: 'paused' }), rank(1, { progress: progress(4) })];
  const last = pair(progress(9, { steps: 9 }), progress(9, { steps: 9 }));
  for (const still of [paused, last])
    expect(
      said([
        [1, still],
        [60, still],
      ]),
    ).toBeUndefined();
});
