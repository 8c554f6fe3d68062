import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { clientAt, FairConnections } from './fair-connections.ts';

const open = () => new FairConnections<PassThrough>({ connections: 6, perClient: 4 });
const join = (all: FairConnections<PassThrough>, address: string | undefined, count = 1) =>
  Array.from({ length: count }, () => {
    const socket = new PassThrough();
    all.add(socket, clientAt(address));
    return socket;
  });
const closed = (sockets: readonly PassThrough[]) => sockets.map(({ destroyed }) => destroyed);

describe('connections are shared among clients', () => {
  test('one that has too many gives up those that were idle longest', () => {
    const all = open();
    const sockets = join(all, '10.0.0.1', 3);
    all.used(sockets[0] as PassThrough);
    sockets.push(...join(all, '10.0.0.1', 3));
    expect(closed(sockets)).toEqual([false, true, true, false, false, false]);
    expect([all.size, all.dropped]).toEqual([4, 2]);
  });

  test('when there are too many of all, the client that has most makes room', () => {
    const all = open();
    const greedy = join(all, '10.0.0.1', 4);
    const others = [...join(all, '10.0.0.2', 2), ...join(all, '10.0.0.3')];
    expect(closed(greedy)).toEqual([true, false, false, false]);
    expect(closed(others)).toEqual([false, false, false]);
    expect(all.size).toBe(6);
  });

  test('a /64 of IPv6 is one client, and an IPv4 address in its form is that address', () => {
    const all = open();
    const greedy = [1, 2, 3, 4, 5].flatMap((host) => join(all, `2001:db8::${host}`));
    expect(closed(greedy)).toEqual([true, false, false, false, false]);
    const mapped = [...join(all, '10.0.0.1'), ...join(all, '::ffff:10.0.0.1')];
    expect(closed([...greedy, ...mapped])).toEqual([true, false, false, false, false, false, false]);
    join(all, '2001:db8:0:1::1');
    expect(closed(greedy)).toEqual([true, true, false, false, false]);
  });

  test('what ended leaves nothing behind', async () => {
    const all = open();
    const sockets = [...join(all, '10.0.0.1', 2), ...join(all, undefined)];
    const ends = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of sockets) socket.destroy();
    await Promise.all(ends);
    expect([all.size, all.all()]).toEqual([0, []]);
  });
});
