import { expect, test } from 'vitest';
import { settlePorts } from './settle-ports.ts';

const port = { port: 80, published: 8080, protocol: 'tcp' } as const;
const settled = (
  ports: Parameters<typeof settlePorts>[2],
  families: readonly (4 | 6)[] = [4],
  others: Parameters<typeof settlePorts>[4] = [],
) =>
  settlePorts('endpoint web', { id: '00000000', families: new Set(families) }, ports, [], others, new Set());

test('an address of the host is written as the kernel writes it, and has to be one from which something leads', () => {
  expect(settled([{ ...port, address: '2001:DB8:0::1' }], [6])).toEqual([
    { ...port, address: '2001:db8::1' },
  ]);
  expect(() => settled([{ ...port, address: '2001:db8::1' }])).toThrow(
    '2001:db8::1: its network has no IPv6',
  );
  expect(() => settled([{ ...port, address: '::1' }], [4, 6])).toThrow(/::1: no port can lead/);
});

test('a port of the host leads to one endpoint, and what is chosen is none of another', () => {
  const others = [{ name: 'db', options: { ports: [{ ...port, published: 49_152 }, port] } }];
  expect(() => settled([port], [4], others)).toThrow('tcp port 8080 is published by endpoint db');
  expect(() => settled([port, port])).toThrow('is published by itself');
  expect(settled([{ port: 80, protocol: 'tcp' }], [4], others)).toEqual([{ ...port, published: 49_153 }]);
});
