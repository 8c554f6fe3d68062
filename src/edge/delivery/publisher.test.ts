import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { Authority } from '../ca/authority.ts';
import { open, type Signer, signerOf } from './envelope.ts';
import { type Later, Publisher } from './publisher.ts';
import { readMessage } from './read.ts';
import { gatewayRecipient } from './recipient.ts';
import { Sequence } from './sequence.ts';
import { deltaPlaces } from './topics.ts';
import { Trust } from './trust.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-publish-'));
afterAll(() => rmSync(folder, { recursive: true }));

let signer: Signer;
let trust: Trust;
beforeAll(async () => {
  const credentials = await (await Authority.create(folder)).issue('controller', [], 30);
  signer = signerOf(credentials);
  trust = new Trust(credentials.authorities);
});

/** What a broker keeps, and how much was sent to it. */
let retained: Map<string, Buffer>;
let sent: { topic: string; bytes: number }[];
let publisher: Publisher;
const now = 1_800_000_000_000;
beforeEach(() => {
  retained = new Map();
  sent = [];
  publisher = publisherOf(5);
});

const atOnce: Later = (_, work) => work();

function publisherOf(epoch: number, later = atOnce): Publisher {
  const publish = (topic: string, payload: Buffer | string) => {
    sent.push({ topic, bytes: payload.length });
    if (payload.length === 0) retained.delete(topic);
    else retained.set(topic, Buffer.from(payload));
  };
  return new Publisher(publish, signer, epoch, later, () => now);
}

const oulu = gatewayRecipient('oulu');
const view = snapshotOf().view;
const whole = () => view;
const change = { set: { 'shop/web': serviceOf('web') }, removed: [] };

/** Where a gateway gets to that asks the broker now. */
function asked(sequence = new Sequence()): string | undefined {
  let at: string | undefined;
  for (const [topic, payload] of retained) {
    const opened = open(topic, payload, trust, Date.now());
    const message = 'body' in opened ? readMessage(opened.body) : undefined;
    if (!message) throw new Error(`${topic}: ${JSON.stringify(opened)}`);
    for (const { epoch, version } of sequence.take(message).apply) at = `${epoch}.${version}`;
  }
  return sequence.hasGap ? 'gap' : at;
}

test('whoever asks the broker has the whole of it, however many changes there were', () => {
  publisher.change(oulu, change, whole);
  expect(asked()).toBe('5.0');
  for (let version = 1; version <= 1000; version++) {
    publisher.change(oulu, change, whole);
    if (version % 37 === 0) expect(asked()).toBe(`5.${version}`);
  }
  expect(retained.size).toBeLessThan(258);
});

test('each message says when it was published', () => {
  publisher.renew(oulu, view);
  publisher.change(oulu, change, whole);
  const times = [...retained].map(([topic, payload]) => {
    const opened = open(topic, payload, trust, Date.now());
    return 'body' in opened ? readMessage(opened.body)?.time : undefined;
  });
  expect(times).toEqual([now, now]);
});

test('a change is sent once, to its site only', () => {
  publisher.renew(oulu, view);
  publisher.renew(gatewayRecipient('berlin'), view);
  sent = [];
  publisher.change(oulu, change, whole);
  expect(sent.map(({ topic }) => topic)).toEqual(['heddle/edge/view/gateway:oulu/delta/1']);
});

test('snapshots of a large view cost no more than the changes between them', () => {
  const services = Array.from({ length: 5000 }, (_, index) => serviceOf(`s${index}`));
  const large = snapshotOf(...services).view;
  publisher.renew(oulu, large);
  const size = sent[0]?.bytes ?? 0;
  sent = [];
  for (let version = 1; version <= 1000; version++) publisher.change(oulu, change, () => large);
  expect(sent.every(({ bytes }) => bytes < 4000)).toBe(true);
  expect(size).toBeGreaterThan(1e6);
});

test('a snapshot that is due is written when there is time, and before there is no place left', () => {
  let work = (): void => {};
  const later = vi.fn((_: string, one: () => void) => {
    work = one;
  });
  publisher = publisherOf(5, later);
  const snapshots = () => sent.filter(({ topic }) => topic.endsWith('/snapshot')).length;
  publisher.renew(oulu, view);
  while (later.mock.calls.length === 0) publisher.change(oulu, change, whole);
  expect(snapshots()).toBe(1);
  work();
  work();
  expect(snapshots()).toBe(2);
  for (let count = 0; count < 2 * deltaPlaces; count++) publisher.change(oulu, change, whole);
  expect(snapshots()).toBe(4);
  expect(retained.size).toBe(deltaPlaces);
  publisher.remove(oulu.subject);
  work();
  expect(retained.size).toBe(0);
});

test('a new controller’s epoch replaces what the one before left', () => {
  for (let version = 0; version < 20; version++) publisher.change(oulu, change, whole);
  const sequence = new Sequence({ epoch: 5, version: 19 });
  const next = publisherOf(6);
  next.renew(oulu, view);
  next.change(oulu, change, whole);
  expect(asked(sequence)).toBe('6.1');
  expect(asked(new Sequence())).toBe('6.1');
});

test('for a broker that lost everything, it is sent again as it was', () => {
  for (let version = 0; version < 20; version++) publisher.change(oulu, change, whole);
  retained.clear();
  publisher.repeat(oulu, view);
  expect(asked()).toBe('5.19');
  expect(asked(new Sequence({ epoch: 5, version: 19 }))).toBeUndefined();
});

test('of a site that is no more, nothing is kept', () => {
  for (let version = 0; version < 20; version++) publisher.change(oulu, change, whole);
  publisher.remove(oulu.subject);
  expect(retained.size).toBe(0);
});
