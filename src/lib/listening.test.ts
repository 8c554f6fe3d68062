import { expect, test } from 'vitest';
import { parseListening } from './listening.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

test('a socket that listens, and none that is connected', () => {
  const text = `${head}   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
   1: 0100007F:0050 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0
`;
  expect(parseListening('tcp', text)).toEqual([
    { protocol: 'tcp', address: '127.0.0.1', port: 8080 },
    { protocol: 'tcp', address: '0.0.0.0', port: 22 },
  ]);
});

test('of IPv6, and of UDP, which has another state', () => {
  const text = `${head}   0: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000
   1: B80D0120000000000000000002000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000
`;
  expect(parseListening('udp', text)).toEqual([
    { protocol: 'udp', address: '::1', port: 53 },
    { protocol: 'udp', address: '2001:db8::2', port: 53 },
  ]);
  expect(parseListening('tcp', text)).toEqual([]);
});
