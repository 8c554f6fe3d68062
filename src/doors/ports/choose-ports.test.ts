import { expect, test } from 'vitest';
import { type AskedPort, anyPort, choosePorts } from './choose-ports.ts';

const asked = (from: number, to: number, more: Partial<AskedPort> = {}): AskedPort => ({
  port: 80,
  protocol: 'tcp',
  from,
  to,
  ...more,
});
const taken = (published: number, address?: string) => ({
  protocol: 'tcp' as const,
  published,
  ...(address !== undefined && { address }),
});
const numbers = (...of: Parameters<typeof choosePorts>) =>
  choosePorts(...of).map(({ published }) => published);

test('one that is asked for by its number is given as it is, with all else that was said', () => {
  expect(choosePorts([asked(8080, 8080, { address: '192.0.2.1', held: true })], [], [taken(8080)])).toEqual([
    { port: 80, protocol: 'tcp', published: 8080, address: '192.0.2.1', held: true },
  ]);
});

test('of several the lowest is chosen that nobody has', () => {
  expect(numbers([asked(8080, 8082)], [], [taken(8080), taken(8081, '0.0.0.0')])).toEqual([8082]);
  expect(numbers([asked(anyPort.from, anyPort.to)])).toEqual([49_152]);
});

test('none is chosen twice, nor one that is asked for by its number', () => {
  expect(numbers([asked(8080, 8089), asked(8080, 8089), asked(8080, 8080)])).toEqual([8081, 8082, 8080]);
  expect(numbers([asked(8080, 8081), asked(8080, 8081, { protocol: 'udp' })])).toEqual([8080, 8080]);
});

test('at an address only what is taken there is in the way, and what is taken at all', () => {
  const at = asked(8080, 8082, { address: '192.0.2.1' });
  expect(numbers([at], [], [taken(8080, '192.0.2.2')])).toEqual([8080]);
  expect(numbers([at], [], [taken(8080, '192.0.2.1'), taken(8081)])).toEqual([8082]);
  expect(numbers([asked(8080, 8082)], [], [taken(8080, '192.0.2.2')])).toEqual([8081]);
});

test('an endpoint keeps what it has, where it would still do', () => {
  const before = choosePorts([asked(8085, 8085)]);
  expect(numbers([asked(8080, 8089)], before)).toEqual([8085]);
  expect(numbers([asked(8080, 8084)], before)).toEqual([8080]);
  expect(numbers([asked(8080, 8089)], before, [taken(8085)])).toEqual([8080]);
  expect(numbers([asked(8080, 8089, { port: 81 })], before)).toEqual([8080]);
});

test('that all are taken is said', () => {
  expect(() => choosePorts([asked(8080, 8081)], [], [taken(8080), taken(8081)])).toThrow(
    expect.objectContaining({
      code: 'ERR_PORT_IN_USE',
      message: 'port 80/tcp: all ports of this host from 8080 to 8081 are taken',
    }),
  );
});
