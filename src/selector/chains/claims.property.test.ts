import fc from 'fast-check';
import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 4 }), fc.constantFrom('tcp', 'udp'))
  .map(([from, more, protocol]) => ({ from, to: from + more, protocol }));
const ports = fc.array(range, { maxLength: 3 });
type Ports = typeof ports extends fc.Arbitrary<infer Value> ? Value : never;

const chain = (name: string, all: Ports) => {
  const match = all.map(({ from, to, protocol }) => `${from}-${to}/${protocol}`).join(', ');
  const only = all.length > 0 ? `match: { ports: [${match}] }, ` : '';
  return `{ name: ${name}, from: web, to: db, ${only}through: [fw] }`;
};

/** Whether a connection to a port is of the chain, looked at port by port. */
const takes = (all: Ports, port: number, protocol: string) =>
  all.length === 0 || all.some((one) => one.protocol === protocol && one.from <= port && port <= one.to);

test('two chains between the same ends are accepted just when no connection is of both', () => {
  fc.assert(
    fc.property(ports, ports, (a, b) => {
      const both = Array.from({ length: 20 }, (_, port) =>
        ['tcp', 'udp'].map((protocol) => [port + 1, protocol] as const),
      )
        .flat()
        .some(([port, protocol]) => takes(a, port, protocol) && takes(b, port, protocol));
      const select = () =>
        specOf(`
services: { web: { image: a }, db: { image: b }, fw: { image: f, x-heddle: { function: wire } } }
x-heddle: { chains: [${chain('a', a)}, ${chain('b', b)}] }`);
      if (both) expect(select).toThrow(/b claims traffic of db that a claims, too/);
      else expect(select).not.toThrow();
    }),
    { numRuns: 100, seed: 11 },
  );
});
