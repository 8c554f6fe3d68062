import { macBytes } from '../../../lib/mac.ts';
import { joined, type Reader, textBytes, u32, zeros } from './bytes.ts';

/** A port as a switch has it (OpenFlow 1.3.5, A.2.1, `ofp_port`). */
export interface SwitchPort {
  readonly number: number;
  readonly mac: string;
  readonly name: string;
  /** Its link is up, and nobody set it down. */
  readonly isUp: boolean;
}

const portDown = 1;
const linkDown = 1;

export function encodePort({ number, mac, name, isUp }: SwitchPort): Buffer {
  return joined(
    joined(u32(number), zeros(4), macBytes(mac), zeros(2), textBytes(name, 16)),
    joined(u32(0), u32(isUp ? 0 : linkDown), zeros(24)),
  );
}

export function decodePort(whole: Reader): SwitchPort {
  const reader = whole.part(64);
  const number = reader.u32();
  reader.skip(4);
  const mac = reader.mac();
  reader.skip(2);
  const name = reader.text(16);
  const isDown = (reader.u32() & portDown) !== 0;
  const isOff = (reader.u32() & linkDown) !== 0;
  return { number, mac, name, isUp: !isDown && !isOff };
}
