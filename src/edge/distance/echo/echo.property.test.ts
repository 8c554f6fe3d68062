import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tries } from '../../../../test/support/tries.ts';
import { origin } from '../coordinate.ts';
import { Asker } from './asker.ts';
import { writeAsk } from './datagram.ts';
import { echoPeers } from './keys.ts';
import { Responder } from './responder.ts';

const secret = Buffer.from('a secret of the whole edge');
const gateways = { oslo: ['10.1.0.1'], bonn: ['10.2.0.1'], rome: ['10.3.0.1'] };
const nonce = (n: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(n);
  return bytes;
};
const there = { x: 1.5, y: -2, height: 3, error: 0.25 };

function askerOf(site: string, key = secret): Asker {
  const asker = new Asker(site);
  asker.setPeers(echoPeers(key, site, gateways));
  return asker;
}

function responderOf(site: string, known: Record<string, string[]> = gateways): Responder {
  const responder = new Responder();
  responder.setPeers(echoPeers(secret, site, known));
  return responder;
}

/** What `from` asks Bonn, and who asked. */
function askBonn(asker: Asker, now = 0): Buffer {
  for (let n = 0; n < 3; n++) {
    const question = asker.ask(origin, now + 20 * n, nonce(now + n), 0.5);
    if (question?.addresses[0] === '10.2.0.1') return question.bytes;
  }
  throw new Error('Bonn is not asked');
}

describe('a gateway that is asked', () => {
  test('answers with its place, and with less than was asked with', () => {
    const asker = askerOf('oslo');
    const ask = askBonn(asker);
    const answer = responderOf('bonn').answer(ask, there, 0);
    expect(answer?.length).toBeLessThan(ask.length);
    expect(asker.take(answer as Buffer, 25)).toMatchObject({ peer: 'bonn', coordinate: there });
  });

  test('is silent to who is not known, to who has another secret, and to what is for somebody else', () => {
    const ask = askBonn(askerOf('oslo'));
    expect(responderOf('bonn', { bonn: [], rome: [] }).answer(ask, there, 0)).toBeUndefined();
    expect(responderOf('rome').answer(ask, there, 0)).toBeUndefined();
    const stranger = askBonn(askerOf('oslo', Buffer.from('another')));
    expect(responderOf('bonn').answer(stranger, there, 0)).toBeUndefined();
  });

  test('does not believe that a known gateway is another one', () => {
    const key = Buffer.from(echoPeers(secret, 'rome', gateways).peers['bonn']?.key ?? '', 'base64');
    const ask = { nonce: nonce(1), coordinate: origin };
    expect(responderOf('bonn').answer(writeAsk({ ...ask, from: 'rome' }, key), there, 0)).toBeDefined();
    expect(responderOf('bonn').answer(writeAsk({ ...ask, from: 'oslo' }, key), there, 0)).toBeUndefined();
  });

  test('answers one peer a few times a second, whatever it is sent', () => {
    const responder = responderOf('bonn');
    const ask = askBonn(askerOf('oslo'));
    const answered = (from: number) =>
      Array.from({ length: 1000 }, (_, n) => responder.answer(ask, there, from + n)).filter(Boolean).length;
    expect(answered(0)).toBeLessThanOrEqual(25);
    expect(answered(1000)).toBeLessThanOrEqual(5);
  });

  test('is silent to whatever else comes', () => {
    const responder = responderOf('bonn');
    const ask = askBonn(askerOf('oslo'));
    const changed = fc
      .tuple(fc.nat(ask.length - 1), fc.integer({ min: 1, max: 255 }))
      .map(([at, by]) => Buffer.from(ask.map((byte, index) => (index === at ? byte ^ by : byte))));
    const cut = fc.nat(ask.length - 1).map((length) => ask.subarray(0, length));
    const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(changed, cut, noise), (bytes) => {
        expect(responder.answer(bytes, there, 0)).toBeUndefined();
      }),
      tries(20_000, 500),
    );
  });
});

test('of many gateways each has 64 peers at most, and those have it', () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`s${n}`, ['10.0.0.1']]));
  const peersOf = (site: string) => Object.keys(echoPeers(secret, site, many).peers);
  for (const site of ['s0', 's1', 's77', 's199']) {
    expect(peersOf(site).length).toBeGreaterThan(50);
    expect(peersOf(site).length).toBeLessThanOrEqual(64);
    expect(peersOf(site)).not.toContain(site);
    for (const peer of peersOf(site)) expect(peersOf(peer)).toContain(site);
  }
});

describe('a gateway that asks', () => {
  test('asks each peer often at first, then once a second', () => {
    const asker = askerOf('oslo');
    const asked: number[] = [];
    for (let now = 0; now < 60_000; now += 5)
      if (asker.ask(origin, now, nonce(now), 0.5)?.addresses[0] === '10.2.0.1') asked.push(now);
    expect(asked.filter((at) => at < 1500).length).toBeGreaterThanOrEqual(10);
    expect(asked.filter((at) => at >= 10_000 && at < 60_000).length).toBeLessThanOrEqual(50);
    expect(asked.filter((at) => at >= 10_000 && at < 60_000).length).toBeGreaterThanOrEqual(45);
  });

  test('asks fifty a second in all, however many there are', () => {
    const asker = new Asker('oslo');
    const many = Array.from({ length: 1000 }, (_, n) => [`s${n}`, { addresses: ['10.0.0.1'], key: '' }]);
    asker.setPeers({ own: '', peers: Object.fromEntries(many) });
    let asked = 0;
    for (let now = 0; now < 10_000; now++) if (asker.ask(origin, now, nonce(now), 0.5)) asked++;
    expect(asked).toBeLessThanOrEqual(500);
    expect(asked).toBeGreaterThan(450);
  });

  test('believes an answer once, and none that comes too late or from somebody else', () => {
    const asker = askerOf('oslo');
    const answer = responderOf('bonn').answer(askBonn(asker), there, 0) as Buffer;
    expect(responderOf('rome').answer(answer, there, 0)).toBeUndefined();
    expect(askerOf('oslo').take(answer, 25)).toBeUndefined();
    expect(asker.take(answer, 25)).toBeDefined();
    expect(asker.take(answer, 26)).toBeUndefined();
    const late = responderOf('bonn').answer(askBonn(asker, 5000), there, 0) as Buffer;
    expect(asker.take(late, 20_000)).toBeUndefined();
  });

  test('takes nothing from what is no answer', () => {
    const asker = askerOf('oslo');
    const answer = responderOf('bonn').answer(askBonn(asker), there, 0) as Buffer;
    fc.assert(
      fc.property(fc.nat(answer.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bytes = Buffer.from(answer.map((byte, index) => (index === at ? byte ^ by : byte)));
        expect(asker.take(bytes, 25)).toBeUndefined();
      }),
      tries(2000),
    );
    expect(asker.take(answer, 25)).toBeDefined();
  });
});
