import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import { isHeddleError } from '../../lib/errors.ts';
import { choosePorts, isOpen, type TakenPort } from './choose-ports.ts';

const protocol = fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const);
const address = fc.constantFrom(undefined, '0.0.0.0', '192.0.2.1', '192.0.2.2', '2001:db8::1');
const number = fc.integer({ min: 8000, max: 8006 });
const withAddress = <T extends { address: string | undefined }>({ address: one, ...rest }: T) =>
  ({ ...rest, ...(one !== undefined && { address: one }) }) as Omit<T, 'address'> & { address?: string };
const taken = fc.record({ protocol, published: number, address }).map(withAddress);
const asked = fc
  .record({ protocol, address, port: fc.constantFrom(80, 81), ends: fc.tuple(number, number) })
  .map(withAddress)
  .map(({ ends, ...rest }) => ({ ...rest, from: Math.min(...ends), to: Math.max(...ends) }));

const isAll = ({ address: one }: TakenPort) => one === undefined || one === '0.0.0.0';
const meet = (one: TakenPort, other: TakenPort) =>
  one.protocol === other.protocol &&
  one.published === other.published &&
  (isAll(one) || isAll(other) || one.address === other.address);

test('what is chosen is of those that were asked for, and nobody’s, and is chosen again', () => {
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 6 }), fc.array(taken, { maxLength: 8 }), (wanted, others) => {
      let chosen: ReturnType<typeof choosePorts>;
      try {
        chosen = choosePorts(wanted, [], others);
      } catch (error) {
        expect(isHeddleError(error, 'ERR_PORT_IN_USE')).toBe(true);
        return;
      }
      for (const [index, one] of chosen.entries()) {
        const { from, to, ...rest } = wanted[index]!;
        expect(one).toEqual({ ...rest, published: one.published });
        expect(one.published).toBeGreaterThanOrEqual(from);
        expect(one.published).toBeLessThanOrEqual(to);
        if (!isOpen({ from, to })) continue;
        const besides = [...others, ...chosen.filter((other) => other !== one)];
        expect(besides.some((other) => meet(one, other))).toBe(false);
      }
      const numbers = (ports: typeof chosen) => ports.map(({ published }) => published).sort();
      expect(numbers(choosePorts(wanted, chosen, others))).toEqual(numbers(chosen));
    }),
    tries(20_000, 300),
  );
});
