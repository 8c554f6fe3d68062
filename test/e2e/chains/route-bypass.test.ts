import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answered, onBridge, pinging, removeNamespaces } from '../../support/endpoints.ts';
import { ethernet, fragment, tagged, types, udp } from '../../support/frames.ts';
import { full } from '../../support/full.ts';
import { InPath } from '../../support/in-path.ts';
import { KillingPath } from '../../support/killing-path.ts';
import { Told } from '../../support/told.ts';
import { until } from '../../support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });
const addresses = { a: '10.98.1.2', b: '10.98.1.3' };
/** The second of them routes, and stands in each order. */
const names = ['ids', 'nat'];
const orders = [[0, 1], [1, 0], [1]];

/** Before `b`, on a bridge with `a`. */
let path: InPath;

beforeAll(async () => {
  onBridge('hroutek0', 'vk', addresses);
  path = await InPath.before('b', names, { bridge: 'hroutek0', routed: ['nat'] });
  inB(
    ['-f', '-'],
    'table ip seen {\ncounter around { }\ncounter through { }\nchain entering {\ntype filter hook prerouting priority -300\n' +
      `ip saddr ${addresses.a} ip ttl 64 counter name around\nip saddr ${addresses.a} ip ttl 63 counter name through\n}\n}\n`,
  );
});

afterAll(() => {
  path?.end();
  ip('link', 'del', 'hroutek0');
  removeNamespaces();
});

function inB(args: readonly string[], input?: string): string {
  return execFileSync('nsenter', ['--net=/run/netns/b', 'nft', ...args], { input, encoding: 'utf8' });
}

/** By whom the time to live tells it: who routes takes one off. */
function seen(name: 'around' | 'through'): number {
  return Number(/packets (\d+)/.exec(inB(['list', 'counter', 'ip', 'seen', name]))?.[1]);
}

describe('a function that routes', () => {
  let sender: Told;
  let hearer: Told;
  let marks = 0;
  const macOf = (name: string) =>
    (JSON.parse(ip('-n', name, '-j', 'link', 'show', 'eth0')) as { address: string }[])[0]!.address;
  beforeAll(async () => {
    await path.put('insert', {}, [1]);
    sender = new Told('a', 'raw-socket-process.ts', 'eth0');
    hearer = new Told('b', 'raw-socket-process.ts', 'eth0');
    // It hears from now on.
    await heard([]);
  });
  afterAll(() => {
    for (const each of [sender, hearer]) each?.child.kill();
  });

  const send = (frame: Buffer) => sender.tell({ send: frame.toString('hex') });
  const heard = async (texts: readonly string[]) => {
    const hex = texts.map((text) => Buffer.from(text).toString('hex'));
    return JSON.parse(await hearer.tell({ heard: hex })) as number[];
  };
  const ends = {
    ipv4: [addresses.a, addresses.b],
    ipv6: ['fd98:1::2', 'fd98:1::3'],
  } as const;
  const packet = (family: 'ipv4' | 'ipv6', text: string) =>
    udp([ends[family][0], 40_000], [ends[family][1], 9], text);

  /** So many bytes of UDP, of which more follow. */
  const firstOf = (bytes: number, more: number) => {
    const first = Buffer.alloc(bytes);
    for (const [at, value] of [40_000, 9, bytes + more, 0xffff].entries()) first.writeUInt16BE(value, 2 * at);
    return first;
  };

  /** Sends the frames made of a text, and waits until that has come to `b`. */
  async function comes(made: (text: string, to: string, from: string) => readonly Buffer[]): Promise<void> {
    const text = `heddle-mark-${++marks}.`;
    for (const frame of made(text, macOf('b'), macOf('a'))) await send(frame);
    await until('it has come', async () => (await heard([text]))[0]! > 0);
  }

  /** Whether the frame made of a text comes to `b`, before another that does. */
  async function arrives(made: (text: string, to: string, from: string) => Buffer): Promise<boolean> {
    const [to, from] = [macOf('b'), macOf('a')];
    const [text, after] = [`heddle-mark-${++marks}.`, `heddle-mark-${++marks}.`];
    await send(made(text, to, from));
    await send(ethernet(to, from, types.ipv4, packet('ipv4', after)));
    let count = 0;
    await until('the frame behind it has come', async () => {
      const [first = 0, second = 0] = await heard([text, after]);
      count += first;
      return second > 0;
    });
    return count > 0;
  }

  test('hands on what is IP, fragments too', async () => {
    // Frames that are sent on two processors may change places.
    for (const family of ['ipv4', 'ipv6'] as const)
      await comes((text, to, from) => [ethernet(to, from, types[family], packet(family, text))]);
    // Both, since the host's bridge puts them together where others have rules that ask for it.
    const fragments = (text: string) => [
      fragment(ends.ipv6[0], ends.ipv6[1], 17, firstOf(1400, text.length), 0, true),
      fragment(ends.ipv6[0], ends.ipv6[1], 17, Buffer.from(text), 1400, false),
    ];
    await comes((text, to, from) => fragments(text).map((one) => ethernet(to, from, types.ipv6, one)));
  });

  test.each([
    ['tagged', tagged(types.ipv4)],
    ['tagged for another network', tagged(types.ipv4, 5)],
    ['tagged by a provider', tagged(types.ipv6, 5, 0x88a8)],
    ['of another type', 0x88b5],
  ])('hands on nothing that is %s', async (_, type) => {
    expect(await arrives((text, to, from) => ethernet(to, from, type, packet('ipv4', text)))).toBe(false);
  });

  test.each(['02:de:ad:00:00:01', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01'])(
    'hands on nothing that is for %s',
    async (other) => {
      expect(await arrives((text, _, from) => ethernet(other, from, types.ipv4, packet('ipv4', text)))).toBe(
        false,
      );
    },
  );
});

test('a function that routes knows a pod again that has another hardware address', async () => {
  await path.put('insert', {}, [1]);
  const before = seen('through');
  ip('-n', 'b', 'link', 'set', 'eth0', 'address', '02:48:00:00:00:0b');
  await path.put('insert', {}, [1]);
  ip('-n', 'a', 'neighbour', 'flush', 'dev', 'eth0');
  await until('it is answered', async () => (await answered('a', addresses.b)) === 3);
  expect(seen('through') - before).toBeGreaterThanOrEqual(3);
});

test('a function that nobody says of any more that it routes is seen as it is', async () => {
  await path.put('insert', {}, [0, 1]);
  for (const isSaid of [true, false]) expect(await path.observed(isSaid)).toMatchObject({ whole: true });
});

test('a function that routes is not gone around, whenever whoever leads there is killed', async () => {
  let killed = 0;
  let turn = 0;
  for (let command = 1; command < 32; command += full ? 1 : 10) {
    const order = orders[turn % orders.length]!;
    const when = turn++ % 2 === 0 ? 'after' : 'before';
    const ping = pinging('a', addresses.b);
    using killing = new KillingPath();
    killing.arm(command, when);
    await path.put('insert', killing.environment, order).catch(() => {});
    if (killing.hasKilled) killed++;
    await path.put('insert', {}, order);
    const what = `to ${order}, killed ${when} command ${command}`;
    const before = seen('through');
    await until('it is answered', async () => (await answered('a', addresses.b)) === 3);
    await ping.stop();
    expect(seen('through') - before, what).toBeGreaterThanOrEqual(3);
    expect(await path.observed(), what).toMatchObject({
      whole: true,
      chains: { all: order.map((at) => `b-${names[at]}`) },
    });
  }
  expect(killed).toBeGreaterThan(1);
  expect(seen('around')).toBe(0);
});
