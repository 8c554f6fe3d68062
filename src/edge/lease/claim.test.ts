import { expect, test } from 'vitest';
import type { Beat } from '../delivery/messages.ts';
import { Claim } from './claim.ts';

const now = () => 1_800_000_000_500;
const seconds = 1_800_000_000;
const claimOf = (...known: number[]) => new Claim('me', known, { settle: 20, patience: 60 });
const beat = (rest: Partial<Beat> = {}): Beat => ({
  kind: 'beat',
  epoch: 7,
  count: 3,
  controller: 'other',
  last: false,
  ...rest,
});

test('who hears of nobody may act, and the time is its epoch', async () => {
  expect(await claimOf().acquire(now)).toBe(seconds);
});

test('it is refused while another is at work', async () => {
  const claim = claimOf();
  claim.hear(beat(), true);
  const acquired = claim.acquire(now);
  claim.hear(beat({ count: 4 }), false);
  await expect(acquired).rejects.toMatchObject({ code: 'ERR_EDGE_CONTROLLER' });
});

test('one that fell silent is followed, with a later epoch, whatever the clock says', async () => {
  const claim = claimOf();
  claim.hear(beat({ epoch: seconds + 1000 }), true);
  expect(await claim.acquire(now)).toBe(seconds + 1001);
  expect(await claimOf(seconds + 5).acquire(now)).toBe(seconds + 6);
});

test('one that said it ends is followed at once', async () => {
  const claim = new Claim('me', [], { settle: 20, patience: 60_000 });
  claim.hear(beat({ last: true }), true);
  expect(await claim.acquire(now)).toBe(seconds);
});

test('its own word is nobody else’s', async () => {
  const claim = claimOf();
  claim.hear(beat({ controller: 'me' }), false);
  expect(await claim.acquire(now)).toBe(seconds);
});
