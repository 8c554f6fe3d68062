import { title as titlePattern } from './names.ts';

// What is said in a workspace is the payload of a frame of type 0x88b6 to the workspace’s address:
//
//    0      version, 1
//    1      bytes of the title
//    2..3   bytes of the data
//    4..    title of who says it, and the data; what is behind them is padding
//
// The switch sees to it that the frame’s source is who sent it; whether that is whose title it bears, the agent says
// (`entityLookup`).

export interface Said {
  /** Title of who says it. */
  readonly from: string;
  readonly data: Buffer;
}

const version = 1;
const headLength = 4;

/** Bytes of data that a frame takes on a network of so large packets. */
export function longestData(mtu: number, title: string): number {
  return mtu - headLength - title.length;
}

export function encodeData({ from, data }: Said): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUInt8(version, 0);
  head.writeUInt8(from.length, 1);
  head.writeUInt16BE(data.length, 2);
  return Buffer.concat([head, Buffer.from(from), data]);
}

/** Nothing for what is none. */
export function decodeData(payload: Buffer): Said | undefined {
  if (payload.length < headLength || payload.readUInt8(0) !== version) return undefined;
  const start = headLength + payload.readUInt8(1);
  const end = start + payload.readUInt16BE(2);
  if (end > payload.length) return undefined;
  const from = payload.toString('latin1', headLength, start);
  return titlePattern.test(from) ? { from, data: payload.subarray(start, end) } : undefined;
}
