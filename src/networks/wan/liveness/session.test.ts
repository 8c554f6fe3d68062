import { describe, expect, test } from 'vitest';
import type { LivenessPacket } from './packet.ts';
import {
  detectionTime,
  expired,
  idleInterval,
  interval,
  newSession,
  received,
  type Session,
} from './session.ts';

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
let drawn = 100;
const draw = () => ++drawn;
const up = { ...newSession(1, 0), state: 'up', yours: 2, sequence: 10, heard: 0 } as const;

describe('a session', () => {
  test('is up when each has heard that the other hears it', () => {
    let [one, two] = [newSession(1, 0), newSession(2, 0)];
    for (let turn = 1; turn <= 2; turn++) {
      two = received(two, said(one, turn), turn, draw) ?? two;
      one = received(one, said(two, turn), turn, draw) ?? one;
    }
    expect([one.state, two.state]).toEqual(['up', 'up']);
    expect(one.since).toBeGreaterThan(0);
  });

  test('is down after 150 ms without a packet, and tells the other by its name', () => {
    expect(expired(up, detectionTime - 1, draw)).toBe(up);
    const down = expired(up, detectionTime, draw);
    expect(down).toMatchObject({ state: 'down', yours: 2, since: detectionTime });
    const other: Session = { ...newSession(2, 0), state: 'up', yours: 1, sequence: 5, heard: 0 };
    expect(received(other, said(down, 6), 151, draw)?.state).toBe('down');
    expect(expired(down, 10 * detectionTime, draw).yours).toBe(0);
  });

  test('counts nothing that was heard before, or is of another one', () => {
    expect(received(up, packet({ state: 'up', yours: 1, sequence: 10 }), 20, draw)).toBeUndefined();
    expect(received(up, packet({ state: 'down', yours: 0, sequence: 11 }), 20, draw)).toBeUndefined();
    expect(received(up, packet({ state: 'up', yours: 7, sequence: 11 }), 20, draw)).toBeUndefined();
    expect(received(up, packet({ state: 'up', yours: 1, sequence: 11 }), 20, draw)).toMatchObject({
      heard: 20,
      state: 'up',
    });
  });

  test('is not brought up by a packet that somebody repeats', () => {
    const old = packet({ state: 'init', mine: 9, yours: 0 });
    expect(received(newSession(1, 0), old, 5, draw)).toBeUndefined();
    const begun = received(newSession(1, 0), packet({ mine: 9 }), 5, draw) as Session;
    expect(received(begun, packet({ mine: 9, sequence: 2 }), 6, draw)?.state).toBe('init');
  });

  test('that went down comes up by nothing that was said in it: another begins', () => {
    const down = expired(up, detectionTime, draw);
    const repeated = (session: Session, state: 'init' | 'up') =>
      received(session, packet({ state, yours: 1, sequence: 9 }), 200, draw);
    expect(repeated(down, 'up')).toBeUndefined();
    const begun = repeated(down, 'init') as Session;
    expect(begun).toMatchObject({ state: 'init', yours: 2 });
    expect(begun.mine).not.toBe(down.mine);
    expect(repeated(begun, 'init')).toBeUndefined();
    const told = received(up, packet({ yours: 1, sequence: 11 }), 20, draw) as Session;
    expect([told.state, repeated(told, 'up')]).toEqual(['down', undefined]);
    const forgotten = expired(down, 10 * detectionTime, draw);
    expect([forgotten.yours, forgotten.mine === down.mine]).toEqual([0, false]);
  });

  test('that is up is not taken down by what the other said before it was started again', () => {
    const old = packet({ state: 'down', mine: 9, yours: 1, sequence: 99 });
    expect(received(up, old, 20, draw)).toBeUndefined();
  });
});

describe.each([0, 100, 200, 400, 600, 900])('on a path of %i ms there and back', (delay) => {
  test('two sessions come up, and stay so', () => {
    const { states, turns } = exchanged(delay, 20_000);
    expect(states).toEqual(['up', 'up']);
    expect(turns).toBeLessThanOrEqual(4);
  });

  test('so they do after one direction was lost, which both notice', () => {
    const { states, turns } = exchanged(delay, 20_000, (at, from) => from === 1 && at > 5000 && at < 8000);
    expect(states).toEqual(['up', 'up']);
    expect(turns).toBeGreaterThan(4);
  });
});

test('packets that somebody repeats do not keep two sessions from coming up', () => {
  const { states } = exchanged(50, 5000, undefined, (at) =>
    at % 20 === 0 ? packet({ mine: 77, sequence: 1 + at }) : undefined,
  );
  expect(states).toEqual(['up', 'up']);
});

/** What becomes of two sessions whose packets take their time. `repeated`: what somebody else sends to the first. */
function exchanged(
  delay: number,
  until: number,
  isLost: (at: number, from: number) => boolean = () => false,
  repeated: (at: number) => LivenessPacket | undefined = () => undefined,
) {
  const sessions = [newSession(1, 0), newSession(2, 0)];
  const [sequences, next] = [
    [0, 0],
    [0, 130],
  ];
  let [turns, wire] = [
    0,
    [] as { readonly at: number; readonly to: number; readonly packet: LivenessPacket }[],
  ];
  const say = (from: number, now: number) => {
    const session = sessions[from] as Session;
    const sequence = (sequences[from] ?? 0) + 1;
    sequences[from] = sequence;
    const sent = said(session, sequence);
    if (!isLost(now, from)) wire.push({ at: now + delay / 2, to: 1 - from, packet: sent });
    next[from] = now + (session.state === 'down' ? idleInterval : interval);
  };
  const become = (one: number, session: Session, now: number) => {
    const before = sessions[one] as Session;
    sessions[one] = session;
    if (session.state !== before.state) turns++;
    if (session.state !== before.state || session.yours !== before.yours) say(one, now);
  };
  for (let now = 0; now <= until; now += 10) {
    const strange = repeated(now);
    const due = wire.filter(({ at }) => at <= now);
    wire = wire.filter(({ at }) => at > now);
    for (const { to, packet: one } of strange ? [{ to: 0, packet: strange }, ...due] : due) {
      const session = received(sessions[to] as Session, one, now, draw);
      if (session) become(to, session, now);
    }
    for (const one of [0, 1]) {
      if (now >= (next[one] ?? 0)) say(one, now);
      become(one, expired(sessions[one] as Session, now, draw), now);
    }
  }
  return { states: sessions.map(({ state }) => state), turns };
}
