import type { Flow } from '../openflow/flow.ts';
import type { Match } from '../openflow/match.ts';
import { port } from '../openflow/numbers.ts';

/** Where what is led to it goes. */
interface Group {
  readonly group: number;
  readonly outputs: readonly number[];
}

/** What is known of a frame that is not sent. */
export interface Frame {
  readonly inPort: number;
  readonly ethSrc: string;
  readonly ethDst: string;
  readonly ethType: number;
}

/** The flow that a table had for a frame; none: the table had none, and the frame ends there. */
export interface Step {
  readonly table: number;
  readonly flow?: Flow;
}

export interface Trace {
  readonly steps: readonly Step[];
  /** Ports that it would leave through. */
  readonly outputs: readonly number[];
  /** Whether the controller would see it as well. */
  readonly isReported: boolean;
}

/** Where a frame would go, and by which flows (OpenFlow 1.3.5, 5.1). Pure. */
export function trace(flows: readonly Flow[], groups: readonly Group[], frame: Frame): Trace {
  const steps: Step[] = [];
  for (let table: number | undefined = 0; table !== undefined; ) {
    const flow = best(flows, table, frame);
    steps.push(flow ? { table, flow } : { table });
    table = flow && nextTable(flow);
  }
  const outputs = steps.flatMap(({ flow }) => (flow ? outputsOf(flow, groups) : []));
  // A switch sends nothing back to where it came from, unless it is told to in so many words.
  const isElsewhere = (one: number) => one !== frame.inPort && one !== port.controller;
  return {
    steps,
    outputs: [...new Set(outputs.filter(isElsewhere))],
    isReported: outputs.includes(port.controller),
  };
}

/** It leads onwards only: a frame never comes to a table twice. */
function nextTable({ table, instructions }: Flow): number | undefined {
  const onwards = instructions.find((one) => one.type === 'goto');
  return onwards && onwards.table > table ? onwards.table : undefined;
}

function outputsOf({ instructions }: Flow, groups: readonly Group[]): number[] {
  const actions = instructions.flatMap((one) => (one.type === 'apply' ? one.actions : []));
  return actions.flatMap((action) => {
    if (action.type === 'output') return [action.port];
    if (action.type === 'group') return groups.find(({ group }) => group === action.group)?.outputs ?? [];
    return [];
  });
}

function best(flows: readonly Flow[], table: number, frame: Frame): Flow | undefined {
  const matching = flows.filter((flow) => flow.table === table && matches(flow.match, frame));
  return matching.reduce<Flow | undefined>(
    (found, flow) => (found === undefined || flow.priority > found.priority ? flow : found),
    undefined,
  );
}

function matches({ inPort, ethSrc, ethDst, ethType }: Match, frame: Frame): boolean {
  return (
    (inPort === undefined || inPort === frame.inPort) &&
    (ethType === undefined || ethType === frame.ethType) &&
    matchesMac(ethSrc, frame.ethSrc) &&
    matchesMac(ethDst, frame.ethDst)
  );
}

function matchesMac(wanted: string | undefined, mac: string): boolean {
  if (wanted === undefined) return true;
  const [value = '', mask = 'ff:ff:ff:ff:ff:ff'] = wanted.split('/');
  const bits = numberOf(mask);
  return (numberOf(value) & bits) === (numberOf(mac) & bits);
}

function numberOf(mac: string): bigint {
  return BigInt(`0x${mac.replaceAll(':', '')}`);
}
