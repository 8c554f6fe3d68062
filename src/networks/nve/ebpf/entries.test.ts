import { describe, expect, it } from 'vitest';
import { words } from '../../bpf/words.ts';
import { entryChanges, ownIn } from './entries.ts';
import { type Maps, mapNames, noCounts, readMaps } from './maps.ts';

const lab = { vlan: 100, network: 'abcdefabcdef', name: 'lab', mtu: 1500 };
const indices: Record<string, number> = { hs100: 7, hv100: 6 };
const indexOf = (name: string) => indices[name] ?? 0;
const none = { packets: 0, bytes: 0, dropped: 0 };
const empty: Maps = {
  ways: new Map(),
  networks: new Map(),
  counted: new Map(),
  uplink: { ifindex: 2, made: 0 },
};
const whole: Maps = {
  ...empty,
  ways: new Map([6, 7].map((index) => [index, { egress: 2, vlan: 100 }])),
  networks: new Map([[100, 7]]),
  counted: new Map([[100, { to_wire: none, from_wire: none }]]),
};
const path = (map: string) => `/bpf/${map}`;
const changes = (ports: readonly (typeof lab)[], maps: Maps, uplink = 2) =>
  entryChanges(ports, { egressOf: () => uplink, hasTunnels: false, indexOf }, maps, path);

describe('entries of the maps', () => {
  it('count before anything passes', () => {
    expect(changes([lab], empty)).toEqual([
      `map update pinned /bpf/counted key hex 64 00 00 00 value hex ${noCounts} any`,
      'map update pinned /bpf/ways key hex 06 00 00 00 value hex 02 00 00 00 64 00 00 00 any',
      'map update pinned /bpf/ways key hex 07 00 00 00 value hex 02 00 00 00 64 00 00 00 any',
      'map update pinned /bpf/networks key hex 64 00 00 00 value hex 07 00 00 00 any',
    ]);
  });

  it('are left alone where they are as they should be', () => {
    expect(changes([lab], whole)).toEqual([]);
  });

  it('follow an uplink and a stub that are others now, and keep what was counted', () => {
    expect(changes([lab], whole, 3)).toHaveLength(2);
    const replaced = {
      ...whole,
      ways: new Map([[5, { egress: 2, vlan: 100 }]]),
      networks: new Map([[100, 5]]),
    };
    expect(changes([lab], replaced).filter((line) => line.includes('counted'))).toEqual([]);
    expect(changes([lab], replaced)).toContain('map delete pinned /bpf/ways key hex 05 00 00 00');
  });

  it('say which frames to the wire have to have passed a program of their network', () => {
    const owning = { egressOf: () => 2, hasTunnels: false, indexOf, own: new Set([100]) };
    const lines = entryChanges([lab], owning, whole, path);
    expect(lines).toEqual([
      'map update pinned /bpf/ways key hex 06 00 00 00 value hex 02 00 00 00 64 00 00 80 any',
      'map update pinned /bpf/ways key hex 07 00 00 00 value hex 02 00 00 00 64 00 00 80 any',
    ]);
    const ways = new Map([6, 7].map((index) => [index, { egress: 2, vlan: 2 ** 31 + 100 }]));
    expect(entryChanges([lab], owning, { ...whole, ways }, path)).toEqual([]);
    expect(changes([lab], { ...whole, ways })).toHaveLength(2);
    expect([...ownIn({ ways }), ...ownIn(whole)]).toEqual([100]);
  });

  it('lead back from a tunnel to the stub', () => {
    const tunnel = { egressOf: () => 8, hasTunnels: true, indexOf };
    expect(entryChanges([lab], tunnel, empty, path)).toContain(
      'map update pinned /bpf/ways key hex 08 00 00 00 value hex 07 00 00 00 64 00 00 00 any',
    );
  });

  it('go with their network', () => {
    expect(changes([], whole)).toEqual([
      'map delete pinned /bpf/networks key hex 64 00 00 00',
      'map delete pinned /bpf/ways key hex 06 00 00 00',
      'map delete pinned /bpf/ways key hex 07 00 00 00',
      'map delete pinned /bpf/counted key hex 64 00 00 00',
    ]);
  });
});

describe('maps', () => {
  it('are read as bpftool prints them, and counts of all cores are one', () => {
    const counts = {
      to_wire: { packets: 1, bytes: 60, dropped: 0 },
      from_wire: { packets: 0, bytes: 0, dropped: 1 },
    };
    const dumps = {
      ways: [{ formatted: { key: 7, value: { egress: 2, vlan: 100 } } }],
      networks: [{ formatted: { key: 100, value: 7 } }],
      counted: [
        {
          formatted: {
            key: 100,
            values: [
              { cpu: 0, value: counts },
              { cpu: 1, value: counts },
            ],
          },
        },
      ],
      uplinks: [{ formatted: { key: 0, value: { ifindex: 2, made: 3 } } }],
    };
    expect(readMaps(mapNames.map((name) => dumps[name]))).toEqual({
      ways: new Map([[7, { egress: 2, vlan: 100 }]]),
      networks: new Map([[100, 7]]),
      counted: new Map([
        [
          100,
          {
            to_wire: { packets: 2, bytes: 120, dropped: 0 },
            from_wire: { packets: 0, bytes: 0, dropped: 2 },
          },
        ],
      ]),
      uplink: { ifindex: 2, made: 3 },
    });
  });

  it('take numbers with the least byte first', () => {
    expect(words(0x01020304, 0xffffffff)).toBe('04 03 02 01 ff ff ff ff');
  });
});
