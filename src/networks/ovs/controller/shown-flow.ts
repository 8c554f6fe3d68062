import type { NetworkFlow } from '../../standard/traffic.ts';
import type { Instruction } from '../openflow/actions.ts';
import type { CountedFlow } from '../openflow/flow.ts';
import type { Match } from '../openflow/match.ts';
import { port } from '../openflow/numbers.ts';
import { kindOf, learned } from './cookie.ts';

/** Who is at a port, by its number. */
export type PortNames = ReadonlyMap<number, string>;

/** A flow in the words of ovs-fields(7) and ovs-actions(7), with names for ports. Pure. */
export function shownFlow(flow: CountedFlow, names: PortNames): NetworkFlow {
  const { table, priority, cookie, match, instructions, packets, bytes, age } = flow;
  return {
    table,
    priority,
    cookie: `0x${cookie.toString(16).padStart(16, '0')}`,
    kind: kindOf(cookie) === learned ? 'learned' : 'standing',
    match: shownMatch(match, names),
    actions: instructions.flatMap((one) => actionsOf(one, names)),
    packets: Number(packets),
    bytes: Number(bytes),
    age,
  };
}

function shownMatch(
  { inPort, metadata, ethSrc, ethDst, ethType, vlanVid }: Match,
  names: PortNames,
): Record<string, string> {
  return {
    ...(metadata !== undefined && { metadata: `0x${metadata.toString(16)}` }),
    ...(inPort !== undefined && { in_port: nameOf(inPort, names) }),
    ...(ethSrc !== undefined && { eth_src: ethSrc }),
    ...(ethDst !== undefined && { eth_dst: ethDst }),
    ...(ethType !== undefined && { eth_type: `0x${ethType.toString(16).padStart(4, '0')}` }),
    ...(vlanVid !== undefined && { vlan_vid: `0x${vlanVid.toString(16)}` }),
  };
}

function actionsOf(instruction: Instruction, names: PortNames): string[] {
  if (instruction.type === 'goto') return [`goto_table:${instruction.table}`];
  if (instruction.type !== 'apply') return [instruction.type];
  return instruction.actions.map((action) => {
    if (action.type === 'output')
      return action.port === port.controller ? 'controller' : `output:${nameOf(action.port, names)}`;
    return action.type === 'group' ? `group:0x${action.group.toString(16)}` : action.type;
  });
}

export function nameOf(number: number, names: PortNames): string {
  return names.get(number) ?? String(number);
}
