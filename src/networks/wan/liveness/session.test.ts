import { describe, expect, test } from 'vitest';
import type { LivenessPacket } from './packet.ts';
import { detectionTime, expired, newSession, received, type Session } from './session.ts';

const packet = (more: Partial<LivenessPacket>): LivenessPacket => ({
  state: 'down',
  path: 1,
  mine: 2,
  yours: 0,
  sequence: 1,
  sent: 0,
  echoed: 0,
  held: 0,
  lost: 0,
  used: 0,
  largest: 0,
  isProbe: false,
  ...more,
});
const said = (of: Session, sequence: number) =>
  packet({ state: of.state, mine: of.mine, yours: of.yours, sequence });
const up = { ...newSession(1, 0), state: 'up', yours: 2, sequence: 10, heard: 0 } as const;

describe('a session', () => {
  test('is up when each has heard that the other hears it', () => {
    let [one, two] = [newSession(1, 0), newSession(2, 0)];
    for (let turn = 1; turn <= 2; turn++) {
      two = received(two, said(one, turn), turn) ?? two;
      one = received(one, said(two, turn), turn) ?? one;
    }
    expect([one.state, two.state]).toEqual(['up', 'up']);
    expect(one.since).toBeGreaterThan(0);
  });

  test('is down after 150 ms without a packet, and tells the other by its name', () => {
    expect(expired(up, detectionTime - 1)).toBe(up);
    const down = expired(up, detectionTime);
    expect(down).toMatchObject({ state: 'down', yours: 2, since: detectionTime });
    const other: Session = { ...newSession(2, 0), state: 'up', yours: 1, sequence: 5, heard: 0 };
    expect(received(other, said(down, 6), 151)?.state).toBe('down');
    expect(expired(down, 10 * detectionTime).yours).toBe(0);
  });

  test('counts nothing that was heard before, or is of another one', () => {
    expect(received(up, packet({ state: 'up', yours: 1, sequence: 10 }), 20)).toBeUndefined();
    expect(received(up, packet({ state: 'down', yours: 0, sequence: 11 }), 20)).toBeUndefined();
    expect(received(up, packet({ state: 'up', yours: 7, sequence: 11 }), 20)).toBeUndefined();
    expect(received(up, packet({ state: 'up', yours: 1, sequence: 11 }), 20)).toMatchObject({
      heard: 20,
      state: 'up',
    });
  });

  test('is not brought up by a packet that somebody repeats', () => {
    const old = packet({ state: 'init', mine: 9, yours: 0 });
    expect(received(newSession(1, 0), old, 5)?.state).toBe('down');
    const begun = received(newSession(1, 0), packet({ mine: 9 }), 5) as Session;
    expect(received(begun, packet({ mine: 9, sequence: 2 }), 6)?.state).toBe('init');
  });
});
