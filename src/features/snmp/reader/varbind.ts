import { HeddleError } from '../../../lib/errors.ts';

/** SMIv2's types (RFC 2578), as far as they differ for a reader; `none`: the agent has no such object. */
export type SnmpType = 'integer' | 'counter' | 'gauge' | 'timeticks' | 'oid' | 'address' | 'octets' | 'none';

/** One object and its value. */
export interface Varbind {
  /** Numbers and dots, without a dot in front. */
  readonly oid: string;
  readonly type: SnmpType;
  /** Digits for numbers; hexadecimal digits for octets; nothing for `none`. */
  readonly value: string;
}

const types: Readonly<Record<string, SnmpType>> = {
  INTEGER: 'integer',
  Counter32: 'counter',
  Counter64: 'counter',
  Gauge32: 'gauge',
  Unsigned32: 'gauge',
  OID: 'oid',
  IpAddress: 'address',
  'Network Address': 'address',
  'Hex-STRING': 'octets',
  BITS: 'octets',
};

/**
 * Parses what net-snmp's programs print with numeric identifiers, numbers and time, and octets in hexadecimal, one line
 * a value. Times have no type in front of them, and empty octets are `""`.
 * @throws HeddleError ERR_ENGINE when it is not that
 */
export function parseVarbinds(text: string): Varbind[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      if (/No more variables left|^End of MIB/.test(line)) return [];
      const match = /^\.?([\d.]+) = (?:([A-Z][\w -]*?): )?(.*)$/.exec(line.trim());
      if (!match) throw new HeddleError('ERR_ENGINE', `snmp printed what is no value: ${line.slice(0, 120)}`);
      const [, oid = '', type, value = ''] = match;
      return [{ oid, ...typed(type, value.trim()) }];
    });
}

function typed(type: string | undefined, value: string): Pick<Varbind, 'type' | 'value'> {
  if (type !== undefined) {
    const known = types[type];
    if (known === 'octets') return { type: known, value: value.replace(/[^0-9A-Fa-f]/g, '') };
    if (known === 'oid') return { type: known, value: value.replace(/^\./, '') };
    return { type: known ?? 'octets', value };
  }
  if (/^No Such (Object|Instance)/.test(value)) return { type: 'none', value: '' };
  if (/^\d+$/.test(value)) return { type: 'timeticks', value };
  return { type: 'octets', value: '' };
}

/** A number, or 0 where there is none. Counters of 64 bits are exact up to 2^53. */
export function numberOf(varbind: Varbind | undefined): number {
  return varbind === undefined || varbind.value === '' ? 0 : Number(varbind.value);
}

/** Octets as UTF-8. */
export function textOf(varbind: Varbind | undefined): string {
  return Buffer.from(varbind?.value ?? '', 'hex').toString('utf8');
}

/** `82:97:84:b5:85:5f`; nothing when there are no octets. */
export function macOf(varbind: Varbind | undefined): string | undefined {
  const octets = (varbind?.value ?? '').toLowerCase().match(/../g);
  return octets ? octets.join(':') : undefined;
}

/** A value for people and programs: numbers as such, octets as text if they are one, in hexadecimal otherwise. */
export function plainValue(varbind: Varbind): string | number | null {
  switch (varbind.type) {
    case 'none':
      return null;
    case 'oid':
    case 'address':
      return varbind.value;
    case 'octets': {
      const text = textOf(varbind);
      return /^[^\p{Cc}\uFFFD]*$/u.test(text) ? text : `0x${varbind.value.toLowerCase()}`;
    }
    default:
      return Number(varbind.value);
  }
}
