import { expect, test } from 'vitest';
import { chooseHostPorts, heldPorts } from './host-ports.ts';

const tcp = { port: 80, protocol: 'tcp' } as const;
const none = new Set<string>();
const chosen = (
  id: string,
  ports: Parameters<typeof chooseHostPorts>[2],
  before: Parameters<typeof chooseHostPorts>[3] = [],
  held: ReadonlySet<string> = none,
) => chooseHostPorts('endpoint web', id, ports, before, held).map(({ published }) => published);

test('a port of the host that is named stays; where none is, one is chosen that nobody has', () => {
  expect(chosen('00000000', [{ ...tcp, published: 8080 }, tcp])).toEqual([8080, 49_152]);
  expect(chosen('00000000', [tcp, { ...tcp, protocol: 'udp' }])).toEqual([49_152, 49_152]);
  expect(chosen('00000000', [tcp], [], new Set(['tcp 49152', 'udp 49153']))).toEqual([49_153]);
  expect(chosen('00000000', [tcp, { ...tcp, published: 49_152 }])).toEqual([49_153, 49_152]);
  expect(chosen('00003fff', [tcp, tcp])).toEqual([65_535, 49_152]);
});

test('an endpoint that changes keeps the ports that were chosen for it, and those alone', () => {
  const before = [
    { ...tcp, published: 50_001 },
    { ...tcp, published: 50_002 },
  ];
  expect(chosen('00000000', [tcp, tcp], before)).toEqual([50_001, 50_002]);
  expect(chosen('00000000', [{ ...tcp, address: '127.0.0.1' }], before)).toEqual([49_152]);
  expect(chosen('00000000', [tcp, { ...tcp, published: 50_001 }], before)).toEqual([50_002, 50_001]);
});

test('that none is left is said', () => {
  const all = new Set(Array.from({ length: 16_384 }, (_, index) => `tcp ${49_152 + index}`));
  expect(() => chosen('0a0b0c0d', [tcp], [], all)).toThrow(/no tcp port .* is left/);
  expect(chosen('00000000', [{ ...tcp, protocol: 'udp' }], [], all)).toEqual([49_152]);
});

test('what leads to endpoints is held, and what programs hear', () => {
  const elements = new Set([
    'ports4 tcp 8080 10.1.0.2 80',
    'at6 fd00::1 udp 53 fd00::2 53',
    'bridges hb0123',
    'gateways4 hb0123 10.1.0.1',
  ]);
  expect(heldPorts(elements, [{ protocol: 'tcp', address: '::', port: 22 }])).toEqual(
    new Set(['tcp 8080', 'udp 53', 'tcp 22']),
  );
});
