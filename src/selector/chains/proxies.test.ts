import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';

const services = `
services:
  web: { image: a, networks: [front] }
  api: { image: a, networks: [front] }
  db: { image: b, networks: [front] }
  store: { image: b, networks: [front] }
  far: { image: b, networks: [flat] }
  lb: { image: h, x-heddle: { function: { mode: proxy, port: 10080 } } }
  near: { image: h, x-heddle: { function: { mode: proxy, port: 10080, per: replica } } }
networks: { front: {}, flat: { x-heddle: { archetype: etarch } } }
x-heddle:
  chains:
`;
const chain = (from: string, to: string, ports: string, through = 'lb') =>
  `{ from: ${from}, to: ${to}, ${ports === '' ? '' : `match: { ports: [${ports}] }, `}through: [${through}] }`;
const refusal = (...chains: string[]) => {
  const lines = chains.map((text, at) => `    - { name: c${at}, ${text.slice(1)}\n`);
  try {
    specOf(`${services}${lines.join('')}`);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

test('a proxy ends connections of TCP, and a chain of more is refused', () => {
  expect(refusal(chain('web', 'db', '80/tcp, 8000-8010/tcp'))).toBe('accepted');
  expect(refusal(chain('web', 'db', ''))).toContain(
    'ERR_CHAIN_IMPOSSIBLE: x-heddle.chains.0.through.0: lb is a proxy, which ends connections of TCP, and the chain is of everything',
  );
  expect(refusal(chain('web', 'db', '80/tcp, 53/udp'))).toContain('and the chain is of UDP, too');
});

test('what it opens is of one chain only', () => {
  const told = 'nobody could tell which of the connections of lb are of c1, and which of c0';
  // To the same service, of the same port, whoever opens them.
  expect(refusal(chain('web', 'db', '80'), chain('api', 'db', '80-90'))).toContain(
    `x-heddle.chains.1: ${told} (compose.yaml:`,
  );
  expect(refusal(chain('web', 'db', '80'), chain('api', 'db', '90'))).toBe('accepted');
  expect(refusal(chain('web', 'db', '80'), chain('web', 'store', '80'))).toBe('accepted');
  expect(refusal(chain('web', 'db', '80'), chain('api', 'db', '80', 'near'))).toBe('accepted');
  // One that leads in and one that leads out: whoever connects chooses the port that it connects from.
  expect(refusal(chain('web', 'db', '80'), chain('db', 'outside', '443'))).toContain(told);
  // From one service to the network of the other, and to that from the one.
  expect(refusal(chain('web', 'db', '80'), chain('web', 'front', '80'))).toContain(told);
  expect(refusal(chain('web', 'db', '80'), chain('api', 'front', '80'))).toBe('accepted');
  expect(refusal(chain('web', 'db', '80', 'near'), chain('web', 'front', '80', 'near'))).toBe('accepted');
});
