import { contentHash } from '../../../lib/hash.ts';
import { macBytes, macText } from '../../../lib/mac.ts';

// What goes over Ethernet between entities, and between an entity and the agent of its domain. EtherTypes are those for
// experiments (IEEE 802, 9.2.4); group addresses are administered locally (IEEE 802c, 8.4: `x3`).

export const etherType = { control: 0x88b5, data: 0x88b6 } as const;
/** Where every entity finds the agent of its domain: the switch hands it what is sent there, and nobody else. */
export const agentGroup = '03:45:54:41:52:43';
/** Who the agent's answers are from. */
export const agentAddress = '02:45:54:41:52:43';

export const headLength = 14;

/** The address of a workspace: whoever knows the title knows it. Two titles with the same one are refused by the domain. */
export function workspaceAddress(title: string): string {
  return `03:${contentHash('workspace', title).slice(0, 10).match(/../g)!.join(':')}`;
}

export interface Frame {
  readonly to: string;
  readonly from: string;
  readonly type: number;
  readonly payload: Buffer;
}

export function encodeFrame({ to, from, type, payload }: Frame): Buffer {
  const head = Buffer.alloc(headLength);
  macBytes(to).copy(head, 0);
  macBytes(from).copy(head, 6);
  head.writeUInt16BE(type, 12);
  return Buffer.concat([head, payload]);
}

/** Nothing for what is too short to be a frame. The payload may have padding behind it. */
export function decodeFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < headLength) return undefined;
  return {
    to: macText(bytes.subarray(0, 6)),
    from: macText(bytes.subarray(6, 12)),
    type: bytes.readUInt16BE(12),
    payload: bytes.subarray(headLength),
  };
}
