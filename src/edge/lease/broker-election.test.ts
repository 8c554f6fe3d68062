import { expect, test } from 'vitest';
import type { Heartbeat } from '../delivery/messages.ts';
import { BrokerElection } from './broker-election.ts';

const now = () => 1_800_000_000_500;
const seconds = 1_800_000_000;
const electionOf = (...known: number[]) => new BrokerElection('me', known, { settle: 20, timeout: 60 });
const heartbeat = (rest: Partial<Heartbeat> = {}): Heartbeat => ({
  kind: 'beat',
  epoch: 7,
  count: 3,
  controller: 'other',
  last: false,
  ...rest,
});

test('who hears of nobody may act, and the time is its epoch', async () => {
  expect(await electionOf().acquire(now)).toBe(seconds);
});

test('it is refused while another is at work', async () => {
  const election = electionOf();
  election.observe(heartbeat(), true);
  const acquired = election.acquire(now);
  election.observe(heartbeat({ count: 4 }), false);
  await expect(acquired).rejects.toMatchObject({ code: 'ERR_EDGE_CONTROLLER' });
});

test('one that fell silent is followed, with a later epoch, whatever the clock says', async () => {
  const election = electionOf();
  election.observe(heartbeat({ epoch: seconds + 1000 }), true);
  expect(await election.acquire(now)).toBe(seconds + 1001);
  expect(await electionOf(seconds + 5).acquire(now)).toBe(seconds + 6);
});

test('one that said it ends is followed at once', async () => {
  const election = new BrokerElection('me', [], { settle: 20, timeout: 60_000 });
  election.observe(heartbeat({ last: true }), true);
  expect(await election.acquire(now)).toBe(seconds);
});

test('its own word is nobody else’s', async () => {
  const election = electionOf();
  election.observe(heartbeat({ controller: 'me' }), false);
  expect(await election.acquire(now)).toBe(seconds);
});
