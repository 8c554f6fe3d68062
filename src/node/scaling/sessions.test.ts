import { expect, test } from 'vitest';
import { sessionsOf, sessionsTo } from './sessions.ts';

const connection = (local: number, address: string, remote: number) => ({
  local: { address: '10.0.0.2', port: local },
  remote: { address, port: remote },
});
const sockets = {
  listening: [{ protocol: 'tcp', address: '::', port: 80 }] as const,
  connections: [
    connection(80, '10.0.0.3', 50_000),
    connection(80, '::ffff:10.0.0.4', 50_001),
    connection(80, '127.0.0.1', 50_002),
    connection(40_000, '10.0.0.9', 3306),
  ],
};

test('sessions of a service are those that came to it from elsewhere, and none that it has opened itself', () => {
  expect(sessionsTo(sockets)).toBe(2);
});

test('of a chain count those on its ports with who is at its other end', () => {
  const http = [{ protocol: 'tcp', from: 80, to: 80 }] as const;
  const to = (peers?: string[]) => sessionsOf({ side: 'to', ports: http }, sockets, peers && new Set(peers));
  expect(to(['10.0.0.3', '10.0.0.4'])).toBe(2);
  expect(to(['10.0.0.3'])).toBe(1);
  expect(to()).toBe(2);
  expect(sessionsOf({ side: 'to', ports: [] }, sockets, new Set(['10.0.0.9']))).toBe(1);
  const sql = [{ protocol: 'tcp', from: 3306, to: 3306 }] as const;
  expect(sessionsOf({ side: 'from', ports: sql }, sockets, undefined)).toBe(1);
  expect(
    sessionsOf({ side: 'from', ports: [{ protocol: 'udp', from: 3306, to: 3306 }] }, sockets, undefined),
  ).toBe(0);
});
