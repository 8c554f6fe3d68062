import { describe, expect, it } from 'vitest';
import { attach, attachedOf, detach, hasIngress, isOwnFilter } from './attach.ts';

describe('programs on interfaces', () => {
  it('hang there under a handle of their own, and go by it', () => {
    expect(attach('eth1', 'ingress', '/bpf/from_wire')).toBe(
      'filter replace dev eth1 ingress pref 48 handle 0x4e5645 bpf direct-action object-pinned /bpf/from_wire',
    );
    expect(detach('eth1')).toBe('filter del dev eth1 ingress pref 48 handle 0x4e5645 bpf');
    expect(isOwnFilter({ options: { handle: '0x4e5645' } })).toBe(true);
    expect(isOwnFilter({ options: { handle: '0x1' } })).toBe(false);
    expect(isOwnFilter({})).toBe(false);
  });

  it('are told from those of others by their ids', () => {
    const tc = [
      { ifindex: 2, kind: 'clsact/ingress', id: 11 },
      { ifindex: 2, kind: 'clsact/ingress', id: 99 },
      { ifindex: 7, kind: 'clsact/egress', id: 10 },
    ];
    expect(attachedOf([{ tc }], { to_wire: 10, from_wire: 11 })).toEqual(
      new Map([
        ['2/ingress', 'from_wire'],
        ['7/egress', 'to_wire'],
      ]),
    );
    expect(attachedOf([], { to_wire: 10, from_wire: 11 })).toEqual(new Map());
  });

  it('use what is there to hang on', () => {
    expect(hasIngress([{ kind: 'noqueue' }])).toBe(false);
    expect(hasIngress([{ kind: 'noqueue' }, { kind: 'clsact' }])).toBe(true);
    expect(hasIngress([{ kind: 'ingress' }])).toBe(true);
  });
});
