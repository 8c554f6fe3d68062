import { encode, exactMatch, packetsAndBytes } from '../../src/networks/p4runtime/messages.ts';

/** How the compiler describes dataplane/nve.p4, by the numbers that stand there. */
export const nve = {
  tables: [
    {
      preamble: { id: 0x02000001, name: 'EdgeIngress.to_wire', alias: 'to_wire' },
      matchFields: [{ id: 1, bitwidth: 9, matchType: exactMatch }],
      actionRefs: [{ id: 0x01000002 }, { id: 0x01000001 }],
    },
    {
      preamble: { id: 0x02000002, name: 'EdgeIngress.from_wire', alias: 'from_wire' },
      matchFields: [{ id: 1, bitwidth: 12, matchType: exactMatch }],
      actionRefs: [{ id: 0x01000003 }, { id: 0x01000001 }],
    },
  ],
  actions: [
    { preamble: { id: 0x01000001, name: 'EdgeIngress.drop', alias: 'drop' }, params: [] },
    {
      preamble: { id: 0x01000002, name: 'EdgeIngress.push', alias: 'push' },
      params: [{ id: 1, bitwidth: 12 }],
    },
    {
      preamble: { id: 0x01000003, name: 'EdgeIngress.pop', alias: 'pop' },
      params: [{ id: 1, bitwidth: 9 }],
    },
  ],
  directCounters: [
    { spec: { unit: packetsAndBytes }, directTableId: 0x02000001 },
    { spec: { unit: packetsAndBytes }, directTableId: 0x02000002 },
  ],
};

export function described(info: object = nve): Buffer {
  return encode('P4Info', info);
}

/** The same with other ids, as a program of a user's own has them. */
export function renumbered(): object {
  const text = JSON.stringify(nve, (key, value) =>
    /^(id|directTableId)$/.test(key) && value > 1 ? value + 0x100 : value,
  );
  return JSON.parse(text.replaceAll('EdgeIngress', 'Own')) as object;
}
