import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { copyOf, serviceOf } from '../../../test/support/edge-model.ts';
import { Authority } from '../ca/authority.ts';
import { open, type Signer, signerOf } from '../delivery/envelope.ts';
import type { Peers } from '../delivery/messages.ts';
import { readChoices } from '../delivery/read.ts';
import { choicesTopic, peersTopic } from '../delivery/topics.ts';
import { Trust } from '../delivery/trust.ts';
import { origin } from '../distance/coordinate.ts';
import { Distances } from '../distance/distances.ts';
import { viewsOf } from '../distance/views.ts';
import { Inbox } from '../gateway/inbox.ts';
import type { EdgeModel } from '../model/model.ts';
import type { Message } from '../view/message.ts';
import { Session } from './session.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-session-'));
afterAll(() => rmSync(folder, { recursive: true }));

let signer: Signer;
let trust: Trust;
beforeAll(async () => {
  const credentials = await (await Authority.create(folder)).issue('controller', [], 30);
  signer = signerOf(credentials);
  trust = new Trust(credentials.authorities);
});

const names = ['oslo', 'bonn', 'rome'];
const site = (name: string, index: number) => ({ name, gateway: [`10.${index}.0.1`], prefer: [] });
const model: EdgeModel = {
  domain: 'edge.internal',
  caa: [],
  sites: Object.fromEntries(names.map((name, index) => [name, site(name, index)])),
  nodes: Object.fromEntries(names.map((name) => [name, { name, site: name, addresses: [] }])),
  services: { 'shop/web': serviceOf('web', { copies: [copyOf('web', 'bonn'), copyOf('web', 'rome')] }) },
};

describe('a controller in charge', () => {
  let retained: Map<string, Buffer>;
  let distances: Distances;
  let session: Session;
  let epoch = 5;
  let holdings: Readonly<Record<string, string>>;
  beforeEach(() => {
    retained = new Map();
    distances = new Distances();
    holdings = { 'name web': 'shop/web' };
    session = sessionOf(distances);
  });
  afterEach(() => session.end());

  function sessionOf(by: Distances): Session {
    const publish = async (topic: string, payload: Buffer | string) => {
      retained.set(topic, Buffer.from(payload));
    };
    return new Session({
      controller: 'one',
      epoch: epoch++,
      holdings: { kept: () => holdings },
      bus: { isConnected: true, publish },
      signer,
      revocations: '',
      views: viewsOf(model, by),
      echoSecret: Buffer.from('a secret'),
      later: (_, work) => work(),
      sent: () => {},
      mayAct: () => true,
      problem: (error) => {
        throw error;
      },
    });
  }

  /** What a gateway, or the proxy of a node, has that asks the broker now. */
  function asked(at: string) {
    const messages: Message[] = [];
    const peers: Peers[] = [];
    const inbox = new Inbox({
      subject: at,
      trust,
      store: { at: undefined, serial: 0 },
      apply: (message) => messages.push(message),
      converged: () => {},
      peers: (one) => peers.push(one),
      revoked: () => {},
    });
    const refused = [...retained]
      .filter(([topic]) => topic.includes(`/view/${at}/`))
      .map(([topic, payload]) => inbox.take(topic, payload, true));
    return { inbox, messages, peers, refused: refused.filter(Boolean) };
  }

  test('tells gateways whom to measure', () => {
    const { peers, refused } = asked('gateway:oslo');
    expect(refused).toEqual([]);
    expect(Object.entries(peers[0]?.peers ?? {}).map(([name, { addresses }]) => [name, addresses])).toEqual([
      ['bonn', ['10.1.0.1']],
      ['rome', ['10.2.0.1']],
    ]);
    const { rome: _, ...sites } = model.sites;
    const { services: __, ...places } = model;
    session.update({ places: { ...places, sites, nodes: {} }, services: new Map() });
    expect(Object.keys(asked('gateway:oslo').peers[0]?.peers ?? {})).toEqual(['bonn']);
    expect(asked('gateway:rome').peers).toEqual([]);
  });

  test('publishes what other distances change, where they change something', () => {
    const figure = (milliseconds: number) => ({ milliseconds, error: 0.1 });
    const row = { bonn: figure(40), rome: figure(9) };
    expect(session.measure(distances.update('oslo', { coordinate: origin, row }))).toBe(1);
    const last = asked('gateway:oslo').messages.at(-1);
    expect(last).toMatchObject({ kind: 'delta' });
    const copies = last?.kind === 'delta' ? last.set['shop/web']?.copies : [];
    expect(copies?.map(({ site, verdict, basis }) => [site, verdict, basis])).toEqual([
      ['rome', 'chosen', 'measured'],
      ['bonn', 'spare', 'measured'],
    ]);
  });

  test('gives the proxy of a node the view of its site, and what changes there', () => {
    const { services: _, ...places } = model;
    const at = (site: string, proxy = true) => {
      const nodes = { ...model.nodes, n1: { name: 'n1', site, addresses: ['10.9.0.1'], proxy } };
      session.update({ places: { ...places, nodes }, services: new Map() });
      return asked('node:n1').messages.at(-1);
    };
    expect(asked('node:n1').messages).toEqual([]);
    expect(at('bonn')).toMatchObject({ kind: 'snapshot', version: 0, view: { site: 'bonn' } });
    session.update({ services: new Map([['shop/new', serviceOf('new')]]) });
    expect(asked('node:n1').messages.at(-1)).toMatchObject({
      kind: 'delta',
      version: 1,
      set: { 'shop/new': {} },
    });
    // Moved to another site it sees all from there.
    expect(at('rome')).toMatchObject({ kind: 'snapshot', version: 2, view: { site: 'rome' } });
    expect(at('rome', false)).toBeUndefined();
    const left = [...retained].filter(([, payload]) => payload.length > 0).map(([topic]) => topic);
    expect(left.filter((topic) => topic.includes('node:n1'))).toEqual([]);
  });

  test('tells who has which names and ports', () => {
    const opened = open(choicesTopic, retained.get(choicesTopic) as Buffer, trust, Date.now());
    expect('body' in opened && readChoices(opened.body)?.holdings).toEqual({ 'name web': 'shop/web' });
  });

  test('tells who has them as it ends, too, for whoever takes over', async () => {
    holdings = { 'name web': 'shop/other' };
    await session.end();
    const opened = open(choicesTopic, retained.get(choicesTopic) as Buffer, trust, Date.now());
    expect('body' in opened && readChoices(opened.body)?.holdings).toEqual(holdings);
  });

  test('tells where clients are kept, and again to a broker that may have lost it', async () => {
    const told = () => {
      const payload = retained.get(choicesTopic);
      const opened = payload && open(choicesTopic, payload, trust, Date.now());
      return opened && 'body' in opened ? readChoices(opened.body)?.kept : undefined;
    };
    const tell = (bonn: number, rome: number) => {
      const figure = (milliseconds: number) => ({ milliseconds, error: 0 });
      const row = { bonn: figure(bonn), rome: figure(rome) };
      session.measure(distances.update('oslo', { coordinate: origin, row }));
    };
    tell(50, 20);
    expect(told()).toEqual({});
    // Bonn is nearer now, by little.
    tell(19, 20);
    await vi.waitFor(() => expect(told()).toEqual({ oslo: { 'shop/web': 'rome' } }), 5000);
    retained.clear();
    session.repeat();
    expect(told()).toEqual({ oslo: { 'shop/web': 'rome' } });
  });

  test('is not listened to any more after another one has taken over', () => {
    const { inbox } = asked('gateway:oslo');
    const old = retained.get(peersTopic('gateway:oslo')) as Buffer;
    session.end();
    session = sessionOf(distances);
    expect(
      inbox.take(peersTopic('gateway:oslo'), retained.get(peersTopic('gateway:oslo')) as Buffer, false),
    ).toBeUndefined();
    expect(inbox.take(peersTopic('gateway:oslo'), old, false)).toMatch(/of epoch \d+, and \d+ has come/);
  });
});
