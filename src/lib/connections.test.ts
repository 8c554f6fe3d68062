import { expect, test } from 'vitest';
import { parseConnections } from './connections.ts';

test('connections that are open, and none that listens or has ended', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
   1: 0200000A:0050 0300000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0
   2: 0200000A:0050 0300000A:C351 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0
   3: 0000000000000000FFFF00000200000A:0050 0000000000000000FFFF00000300000A:C352 01 00000000:00000000
`;
  expect(parseConnections(text)).toEqual([
    { local: { address: '10.0.0.2', port: 80 }, remote: { address: '10.0.0.3', port: 50_000 } },
    { local: { address: '::ffff:a00:2', port: 80 }, remote: { address: '::ffff:a00:3', port: 50_002 } },
  ]);
});
