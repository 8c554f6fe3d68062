import { describe, expect, it } from 'vitest';
import { checkVlanId, chooseVlanId } from './vlan-ids.ts';

const refused = (message: string) =>
  expect.objectContaining({ code: 'ERR_NETWORK_POOL', message: expect.stringContaining(message) });

describe('VLAN ids', () => {
  it('are the same wherever a network is made', () => {
    expect(chooseVlanId('a', new Map())).toBe(chooseVlanId('a', new Map()));
  });

  it('are never given twice, and every one is given', () => {
    const taken = new Map<number, string>();
    for (let number = 0; number < 4094; number++) {
      const id = chooseVlanId(`network ${number}`, taken);
      expect(taken.has(id)).toBe(false);
      taken.set(id, `network ${number}`);
    }
    expect(Math.min(...taken.keys())).toBe(1);
    expect(Math.max(...taken.keys())).toBe(4094);
    expect(() => chooseVlanId('one more', taken)).toThrow(refused('no VLAN id is left of 1 to 4094'));
  });

  it('come from the range that was given', () => {
    const range = { first: 100, last: 101 };
    const taken = new Map([[100, 'a']]);
    expect(chooseVlanId('b', taken, range)).toBe(101);
    taken.set(101, 'b');
    expect(() => chooseVlanId('c', taken, range)).toThrow(refused('VLAN id'));
  });

  it('can be asked for, unless somebody has them', () => {
    const taken = new Map([[7, 'the host’s own, on eth0.7']]);
    expect(() => checkVlanId(7, 'a', taken)).toThrow(refused('on eth0.7'));
    expect(() => checkVlanId(0, 'a', taken)).toThrow(refused('VLAN id'));
    expect(() => checkVlanId(4095, 'a', taken)).toThrow(refused('VLAN id'));
    checkVlanId(8, 'a', taken);
    checkVlanId(7, 'the host’s own, on eth0.7', taken);
  });
});
