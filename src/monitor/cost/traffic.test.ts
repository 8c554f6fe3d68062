import { expect, test } from 'vitest';
import { parseTraffic } from './traffic.ts';

test('the management link is counted apart, the loopback not at all', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     999      10    0    0    0     0          0         0      999      10    0    0    0     0       0          0
  eth0:    1000       5    0    0    0     0          0         0     2000       7    0    0    0     0       0          0
  eth1:     100       5    0    0    0     0          0         0      200       7    0    0    0     0       0          0
heddle0:     10       1    0    0    0     0          0         0       20       1    0    0    0     0       0          0
`;
  expect(parseTraffic(text)).toEqual({
    application: { received: 1100, sent: 2200 },
    management: { received: 10, sent: 20 },
  });
});
