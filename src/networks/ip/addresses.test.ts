import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseAddresses, type Given } from './addresses.ts';

const lab = [{ subnet: '10.1.0.0/29', gateway: '10.1.0.1' }];
const choose = (asked: string[] = [], given: string[] = [], subnets: typeof lab = lab) =>
  chooseAddresses(
    'endpoint web of lab',
    asked,
    subnets,
    given.map((address): Given => ({ address, by: `endpoint at ${address}` })),
  );

describe('the addresses of an endpoint', () => {
  test('are one of each subnet, in their order', () => {
    const dual = [...lab, { subnet: 'fd00::/64', gateway: 'fd00::1' }];
    expect(choose([], [], dual)).toEqual(['10.1.0.2', 'fd00::2']);
    expect(choose(['fd00::77'], [], dual)).toEqual(['10.1.0.2', 'fd00::77']);
  });

  test('come behind the highest that is taken, then from the free ones below', () => {
    expect(choose([], ['10.1.0.3'])).toEqual(['10.1.0.4']);
    expect(choose([], ['10.1.0.2', '10.1.0.6'])).toEqual(['10.1.0.3']);
  });

  test('keep to the range, if there is one', () => {
    const subnets = [{ subnet: '10.1.0.0/24', gateway: '10.1.0.1', range: '10.1.0.128/25' }];
    expect(choose([], [], subnets)).toEqual(['10.1.0.128']);
    expect(choose([], ['10.1.0.254'], subnets)).toEqual(['10.1.0.128']);
    expect(choose(['10.1.0.5'], [], subnets)).toEqual(['10.1.0.5']);
  });

  test('run out, and that is said', () => {
    const message = 'endpoint web of lab: no address is left in 10.1.0.0/29: 6 are taken';
    const all = ['10.1.0.2', '10.1.0.3', '10.1.0.4', '10.1.0.5', '10.1.0.6'];
    expect(() => choose([], all)).toThrow(expect.objectContaining({ code: 'ERR_NETWORK_POOL', message }));
  });

  test.each([
    ['10.1.0.1', 'ERR_NETWORK_POOL', 'address 10.1.0.1 is that of the gateway'],
    ['10.1.0.4', 'ERR_NETWORK_POOL', 'address 10.1.0.4 is that of endpoint at 10.1.0.4'],
    ['10.1.0.0', 'ERR_RESOURCE_INVALID', 'it means the subnet or all in it'],
    ['10.1.0.7', 'ERR_RESOURCE_INVALID', 'it means the subnet or all in it'],
    ['10.2.0.2', 'ERR_RESOURCE_INVALID', 'is in none of its network’s subnets: 10.1.0.0/29'],
  ])('such as %s are refused', (address, code, message) => {
    expect(() => choose([address], ['10.1.0.4'])).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  test('are never given twice, whatever is asked for, given and taken back', () => {
    const change = fc.oneof(fc.constant('new'), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const subnets = [{ subnet: '10.1.0.0/28', gateway: '10.1.0.1' }];
        let given: string[] = [];
        for (const one of changes) {
          if (typeof one === 'number') given = given.filter((_, index) => index !== one);
          else if (given.length === 13)
            expect(() => choose([], given, subnets)).toThrow('no address is left');
          else given = [...given, ...choose([], given, subnets)];
          expect(new Set(given).size).toBe(given.length);
        }
      }),
    );
  });
});
