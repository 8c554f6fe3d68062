import { expect, test } from 'vitest';
import { difference } from '../../ovs/controller/difference.ts';
import type { Flow } from '../../ovs/openflow/flow.ts';
import { port } from '../../ovs/openflow/numbers.ts';
import { agentGroup, etherType, workspaceAddress } from '../wire/ethernet.ts';
import { pipelineOf, type Station, type Workspace } from './pipeline.ts';

const id = 'aabbccddeeff';
const stations: readonly Station[] = [1, 2, 3].map((number) => ({
  number,
  mac: `02:00:00:00:00:0${number}`,
}));
const [a, b, c] = stations as [Station, Station, Station];
const trunk = 9;
const room: Workspace = { address: workspaceAddress('room'), members: [1, 2], isElsewhere: false };
const spanning: Workspace = { ...room, isElsewhere: true };

interface Frame {
  readonly inPort: number;
  readonly ethSrc: string;
  readonly ethDst: string;
  readonly ethType: number;
  readonly vlanVid: number;
}

/** Where a frame goes: ports, in order; the number of the controller’s for the agent. */
function way(flows: readonly Flow[], frame: Frame): number[] {
  const outputs: number[] = [];
  for (let table: number | undefined = 0; table !== undefined; ) {
    const [best] = flows
      .filter((flow) => flow.table === table)
      .filter(({ match }) =>
        Object.entries(match).every(([name, value]) => frame[name as keyof Frame] === value),
      )
      .sort((one, other) => other.priority - one.priority);
    table = undefined;
    for (const one of best?.instructions ?? []) {
      if (one.type === 'goto') table = one.table;
      if (one.type === 'apply')
        for (const action of one.actions) if (action.type === 'output') outputs.push(action.port);
    }
  }
  return outputs.filter((one) => one !== frame.inPort).sort((one, other) => one - other);
}

const said = (from: Station, more: Partial<Frame> = {}): Frame => ({
  inPort: from.number,
  ethSrc: from.mac,
  ethDst: room.address,
  ethType: etherType.data,
  vlanVid: 0,
  ...more,
});

test('what a member says goes to the other members, and nowhere else', () => {
  const { flows } = pipelineOf(id, stations, [room]);
  expect(way(flows, said(a))).toEqual([2]);
  expect(way(flows, said(c))).toEqual([]);
  expect(way(flows, said(a, { ethDst: workspaceAddress('another') }))).toEqual([]);
});

test('what is forged, has a tag, or is no part of the architecture goes nowhere', () => {
  const { flows } = pipelineOf(id, stations, [spanning], trunk);
  for (const frame of [
    said(a, { ethSrc: b.mac }),
    said(a, { ethSrc: '02:77:00:00:00:01' }),
    said(a, { vlanVid: 0x1005 }),
    said(a, { ethType: 0x0800 }),
    said(a, { ethType: 0x0806, ethDst: 'ff:ff:ff:ff:ff:ff' }),
    said(a, { ethDst: b.mac }),
    said(a, { ethType: etherType.control }),
    said(a, { ethDst: agentGroup }),
    // As somebody of this node, from elsewhere.
    said(a, { inPort: trunk }),
    said(a, { inPort: trunk, ethSrc: '02:99:00:00:00:01', ethDst: agentGroup, ethType: etherType.control }),
  ])
    expect(way(flows, frame)).toEqual([]);
});

test('what is asked goes to the agent alone', () => {
  const { flows } = pipelineOf(id, stations, [room]);
  const asked = said(c, { ethDst: agentGroup, ethType: etherType.control });
  expect(way(flows, asked)).toEqual([port.controller]);
});

test('a workspace goes over the wire when it has members there, and only then', () => {
  const elsewhere = { inPort: trunk, ethSrc: '02:99:00:00:00:01' };
  const without = pipelineOf(id, stations, [room], trunk).flows;
  expect(way(without, said(a))).toEqual([2]);
  expect(way(without, said(a, elsewhere))).toEqual([]);
  const { flows } = pipelineOf(id, stations, [spanning], trunk);
  expect(way(flows, said(a))).toEqual([2, trunk]);
  expect(way(flows, said(a, elsewhere))).toEqual([1, 2]);
});

test('flows bear the cookie of their network, never go by themselves, and one more member changes few', () => {
  const before = pipelineOf(id, stations, [room]).flows;
  expect(
    before.every(({ cookie, idleTimeout }) => cookie >> 16n === 0xaabbccddeeffn && idleTimeout === 0),
  ).toBe(true);
  const after = pipelineOf(id, stations, [{ ...room, members: [1, 2, 3] }]).flows;
  const { lacking, surplus } = difference(after, before);
  expect([lacking.length, surplus.length]).toEqual([2, 0]);
});

test('what members send into a workspace with a bandwidth is metered, at each of their ports alike', () => {
  const { flows, meters } = pipelineOf(id, stations, [{ ...room, rate: 5000 }]);
  expect(meters).toEqual([{ meter: expect.any(Number), rate: 5000, burst: 500 }]);
  const metered = flows.filter(({ instructions }) => instructions.some((one) => one.type === 'meter'));
  expect(metered.map(({ match }) => match.inPort)).toEqual([1, 2]);
});
