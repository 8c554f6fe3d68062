import { joined, malformed, type Reader, u16, u32, zeros } from './bytes.ts';

/** What drops packets beyond a rate (OpenFlow 1.3.5, 5.7): a meter with one band, of type drop. */
export interface Meter {
  readonly meter: number;
  /** In kbit/s. */
  readonly rate: number;
  /** What may come at once beyond it, in kbit. */
  readonly burst: number;
}

export interface MeterMod extends Meter {
  readonly command: number;
}

/** In kbit/s, and with a burst (A.3.4.4, `ofp_meter_flags`). */
const flags = 1 | 4;
/** `ofp_meter_band_type`. */
const drop = 1;
const bandLength = 16;

/** A.3.4.4, `ofp_meter_mod`. */
export function encodeMeterMod({ command, meter, rate, burst }: MeterMod): Buffer {
  return joined(u16(command), u16(flags), u32(meter), encodeBand(rate, burst));
}

export function decodeMeterMod(reader: Reader): MeterMod {
  const command = reader.u16();
  reader.skip(2);
  return { command, meter: reader.u32(), ...decodeBands(reader) };
}

/** A.3.5.13, `ofp_meter_config`: one of several. */
export function encodeMeter({ meter, rate, burst }: Meter): Buffer {
  return joined(u16(8 + bandLength), u16(flags), u32(meter), encodeBand(rate, burst));
}

export function decodeMeter(whole: Reader): Meter {
  const reader = whole.part(whole.u16() - 2);
  reader.skip(2);
  return { meter: reader.u32(), ...decodeBands(reader) };
}

function encodeBand(rate: number, burst: number): Buffer {
  return joined(u16(drop), u16(bandLength), u32(rate), u32(burst), zeros(4));
}

/** Of a meter that is somebody else's, only the first band is read. */
function decodeBands(reader: Reader): Pick<Meter, 'rate' | 'burst'> {
  if (reader.left === 0) return { rate: 0, burst: 0 };
  reader.skip(2);
  const length = reader.u16();
  if (length < bandLength) throw malformed(`a band of ${length} bytes`);
  const band = reader.part(length - 4);
  const found = { rate: band.u32(), burst: band.u32() };
  reader.skip(reader.left);
  return found;
}
