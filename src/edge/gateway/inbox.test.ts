import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deltaOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { Authority } from '../ca/authority.ts';
import { type Signer, seal, signerOf } from '../delivery/envelope.ts';
import type { Heartbeat } from '../delivery/messages.ts';
import { aliveTopic, deltaTopic, revocationsTopic, snapshotTopic } from '../delivery/topics.ts';
import { Trust } from '../delivery/trust.ts';
import type { Message, Snapshot, Stamp } from '../view/message.ts';
import { Inbox } from './inbox.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-inbox-'));
afterAll(() => rmSync(folder, { recursive: true }));

let authority: Authority;
let controller: Signer;
let berlin: Signer;
let authorities: string;
beforeAll(async () => {
  authority = await Authority.create(folder);
  const credentials = await authority.issue('controller', [], 30);
  controller = signerOf(credentials);
  authorities = credentials.authorities;
  berlin = signerOf(await authority.issue('gateway:berlin', [], 30));
});

let applied: string[];
let converged: number[];
let revoked: string[];
let trust: Trust;
let inbox: Inbox;

/** A gateway that starts with what it held. */
function startAt(at?: Stamp): Inbox {
  const store: { at: Stamp | undefined; serial: number } = { at, serial: 9 };
  return new Inbox({
    subject: 'gateway:helsinki',
    site: 'helsinki',
    trust,
    store,
    apply: (message) => {
      store.at = { epoch: message.epoch, version: message.version };
      applied.push(`${message.kind} ${message.epoch}.${message.version}`);
    },
    converged: (milliseconds) => converged.push(milliseconds),
    peers: () => {},
    revoked: (lists) => revoked.push(lists),
  });
}

beforeEach(() => {
  applied = [];
  converged = [];
  revoked = [];
  trust = new Trust(authorities);
  inbox = startAt();
});

const snapshot = (epoch: number, version: number): Snapshot => ({ ...snapshotOf(), epoch, version });
const delta = (epoch: number, version: number) => deltaOf({ epoch, version });
const heartbeat = (epoch: number, count: number, last = false): Heartbeat => ({
  kind: 'beat',
  epoch,
  count,
  controller: 'one',
  last,
});

function topicOf(message: Message): string {
  return message.kind === 'snapshot'
    ? snapshotTopic('gateway:helsinki')
    : deltaTopic('gateway:helsinki', message.version);
}

const send = (message: Message, signer = controller, topic = topicOf(message), retained = false) =>
  inbox.take(topic, seal(topic, JSON.stringify(message), signer), retained);
const receive = (one: Heartbeat, retained = false) =>
  inbox.take(aliveTopic, seal(aliveTopic, JSON.stringify(one), controller), retained);

describe('what comes to a gateway', () => {
  test('is answered from, in order', () => {
    for (const message of [delta(5, 2), snapshot(5, 0), delta(5, 1)]) expect(send(message)).toBeUndefined();
    expect(applied).toEqual(['snapshot 5.0', 'delta 5.1', 'delta 5.2']);
    expect(inbox.status).toEqual({ epoch: 5, version: 2, serial: 9 });
  });

  test('with something missing, waits for it', () => {
    for (const message of [snapshot(5, 0), delta(5, 2)]) send(message);
    expect([applied, inbox.hasGap]).toEqual([['snapshot 5.0'], true]);
    send(snapshot(5, 2));
    expect([applied, inbox.hasGap]).toEqual([['snapshot 5.0', 'snapshot 5.2'], false]);
  });

  test('again, is not answered from again', () => {
    for (const message of [snapshot(5, 0), delta(5, 1), delta(5, 1), snapshot(5, 0)]) send(message);
    expect(applied).toEqual(['snapshot 5.0', 'delta 5.1']);
  });

  test('says how long it was on its way, if it came by itself and was answered from', () => {
    const time = Date.now() - 5000;
    send({ ...snapshot(5, 0), time }, controller, snapshotTopic('gateway:helsinki'), true);
    send(delta(5, 1));
    expect(converged).toEqual([]);
    for (const message of [delta(5, 3), delta(5, 2), delta(5, 2)]) send({ ...message, time });
    expect(converged).toHaveLength(2);
    for (const one of converged) expect(one).toBeGreaterThanOrEqual(5000);
  });

  test('from before, is refused, over a restart too', () => {
    inbox = startAt({ epoch: 6, version: 3 });
    expect(send(snapshot(5, 99))).toBe('it is of epoch 5, and 6 has come');
    expect(send(snapshot(6, 2))).toBeUndefined();
    expect(applied).toEqual([]);
    expect(send(delta(6, 4))).toBeUndefined();
    expect(applied).toEqual(['delta 6.4']);
  });

  test('from a controller that another has followed is refused, even before that one’s view came', () => {
    send(snapshot(5, 0));
    receive(heartbeat(6, 0));
    expect(send(delta(5, 1))).toBe('it is of epoch 5, and 6 has come');
    expect(receive(heartbeat(5, 99))).toMatch(/a later one has come/);
  });

  test('is refused when nobody signed it, or who may not', () => {
    const topic = snapshotTopic('gateway:helsinki');
    const bare = Buffer.from(JSON.stringify(snapshot(5, 0)));
    expect(inbox.take(topic, bare, false)).toBe('it is not signed');
    expect(send(snapshot(5, 0), berlin)).toBe('it is signed by gateway:berlin, not by controller');
    expect(applied).toEqual([]);
  });

  test('is refused under a topic that it was not signed for, and when it is another’s view', () => {
    const payload = seal(deltaTopic('gateway:helsinki', 1), JSON.stringify(delta(5, 1)), controller);
    expect(inbox.take(deltaTopic('gateway:helsinki', 2), payload, false)).toBe('its signature does not hold');
    const other = { ...snapshot(5, 0), view: { ...snapshotOf().view, site: 'berlin' } };
    expect(send(other)).toBe('it is the view of berlin');
  });

  test('is refused when it is no message', () => {
    const topic = snapshotTopic('gateway:helsinki');
    const payload = seal(topic, '{"kind":"snapshot","epoch":-1}', controller);
    expect(inbox.take(topic, payload, false)).toMatch(/it is no view/);
    expect(inbox.take(topic, Buffer.alloc(0), false)).toBeUndefined();
  });

  test('is refused once its signer was revoked, which the authority says through the broker', async () => {
    const strict = await authority.issue('controller', [], 30);
    await authority.revoke('controller', true);
    const { revocations } = await authority.renew('gateway:berlin', 30);
    expect(send(snapshot(5, 0))).toBeUndefined();
    inbox.take(revocationsTopic, Buffer.from('no list'), false);
    inbox.take(revocationsTopic, Buffer.from(revocations), false);
    await expect.poll(() => revoked).toEqual([revocations]);
    expect(send(delta(5, 1))).toBe('its certificate was revoked');
    expect(send(delta(5, 1), signerOf(strict))).toBeUndefined();
    expect(applied).toEqual(['snapshot 5.0', 'delta 5.1']);
  });
});

describe('a sign of life', () => {
  const isAlive = () => Number.isFinite(inbox.heartbeatAt);

  test('is one that just came, and not one that waited at the broker', () => {
    receive(heartbeat(5, 1), true);
    expect(isAlive()).toBe(false);
    receive(heartbeat(5, 2));
    expect(isAlive()).toBe(true);
  });

  test('counts once', () => {
    receive(heartbeat(5, 2));
    inbox.silence();
    receive(heartbeat(5, 2));
    receive(heartbeat(5, 1));
    expect(isAlive()).toBe(false);
    receive(heartbeat(5, 3));
    expect(isAlive()).toBe(true);
  });

  test('is none when it is the last', () => {
    receive(heartbeat(5, 2));
    receive(heartbeat(5, 3, true));
    expect(isAlive()).toBe(false);
  });

  test('of an older epoch than the view is none', () => {
    inbox = startAt({ epoch: 6, version: 0 });
    expect(receive(heartbeat(5, 2))).toMatch(/a later one has come/);
    expect(isAlive()).toBe(false);
  });
});
