import type { Channel } from '../openflow/channel.ts';
import type { CountedFlow, Flow, FlowMod } from '../openflow/flow.ts';
import type { Message } from '../openflow/message.ts';
import type { PortCounters } from '../openflow/multipart.ts';
import { allTables, flowCommand, port } from '../openflow/numbers.ts';
import { cookieOf, networkMask } from './cookie.ts';
import { difference } from './difference.ts';

type Change = Extract<Message, { readonly type: 'flowMod' }>;

const everyBit = 0xffff_ffff_ffff_ffffn;

/** The flows of a network at its switch, with what they have counted. @throws HeddleError ERR_OPENFLOW */
export async function flowsOf(channel: Channel, network: string): Promise<readonly CountedFlow[]> {
  const parts = await channel.ask({
    kind: 'flow',
    table: allTables,
    cookie: cookieOf(network, 0n),
    cookieMask: networkMask,
  });
  return parts.flatMap(({ flows }) => flows);
}

/** @throws HeddleError ERR_OPENFLOW */
export async function portCounters(channel: Channel): Promise<readonly PortCounters[]> {
  const parts = await channel.ask({ kind: 'portStats', port: port.any });
  return parts.flatMap(({ ports }) => ports);
}

/** What makes the flows that are there those that are wanted: what lacks comes first, and then goes what is too much. Pure. */
export function changes(wanted: readonly Flow[], there: readonly Flow[]): readonly Change[] {
  const { lacking, surplus } = difference(wanted, there);
  return [...lacking.map(addition), ...surplus.map(deletion)];
}

export function addition(flow: Flow): Change {
  return { type: 'flowMod', flow: { ...flow, command: flowCommand.add, cookieMask: 0n } };
}

/** Of just this flow, if it still has this cookie. */
export function deletion(flow: Flow): Change {
  const mod: FlowMod = {
    ...flow,
    instructions: [],
    command: flowCommand.deleteStrict,
    cookieMask: everyBit,
  };
  return { type: 'flowMod', flow: mod };
}
