import { didYouMean } from '../../../lib/did-you-mean.ts';
import { HeddleError } from '../../../lib/errors.ts';

/** Scalars that may be named; each has the one instance `.0`. RFC 3418, RFC 2790. */
const scalars = {
  sysDescr: '1.3.6.1.2.1.1.1',
  sysObjectID: '1.3.6.1.2.1.1.2',
  sysUpTime: '1.3.6.1.2.1.1.3',
  sysContact: '1.3.6.1.2.1.1.4',
  sysName: '1.3.6.1.2.1.1.5',
  sysLocation: '1.3.6.1.2.1.1.6',
  sysServices: '1.3.6.1.2.1.1.7',
  ifNumber: '1.3.6.1.2.1.2.1',
  hrSystemUptime: '1.3.6.1.2.1.25.1.1',
  hrSystemProcesses: '1.3.6.1.2.1.25.1.6',
  hrMemorySize: '1.3.6.1.2.1.25.2.2',
} as const;

/** Groups, tables and their rows. RFC 2863, RFC 2790, RFC 4022, RFC 4113, RFC 4293. */
const others = {
  system: '1.3.6.1.2.1.1',
  interfaces: '1.3.6.1.2.1.2',
  ifTable: '1.3.6.1.2.1.2.2',
  ifEntry: '1.3.6.1.2.1.2.2.1',
  ifAdminStatus: '1.3.6.1.2.1.2.2.1.7',
  ifXTable: '1.3.6.1.2.1.31.1.1',
  ifXEntry: '1.3.6.1.2.1.31.1.1.1',
  ip: '1.3.6.1.2.1.4',
  tcp: '1.3.6.1.2.1.6',
  tcpConnectionTable: '1.3.6.1.2.1.6.19',
  tcpListenerTable: '1.3.6.1.2.1.6.20',
  udp: '1.3.6.1.2.1.7',
  host: '1.3.6.1.2.1.25',
  hrSystem: '1.3.6.1.2.1.25.1',
  hrStorageTable: '1.3.6.1.2.1.25.2.3',
  hrStorageEntry: '1.3.6.1.2.1.25.2.3.1',
  hrDeviceEntry: '1.3.6.1.2.1.25.3.2.1',
  hrProcessorEntry: '1.3.6.1.2.1.25.3.3.1',
  hrSWRunTable: '1.3.6.1.2.1.25.4.2',
  hrSWRunEntry: '1.3.6.1.2.1.25.4.2.1',
  hrSWRunPerfEntry: '1.3.6.1.2.1.25.5.1.1',
} as const;

/** Object identifiers by name. */
export const objects = { ...scalars, ...others };

/** What stands in hrStorageType (RFC 2790). */
export const storageTypes: Readonly<Record<string, 'memory' | 'cache' | 'filesystem'>> = {
  '1.3.6.1.2.1.25.2.1.1': 'cache',
  '1.3.6.1.2.1.25.2.1.2': 'memory',
  '1.3.6.1.2.1.25.2.1.4': 'filesystem',
  '1.3.6.1.2.1.25.2.1.8': 'filesystem',
};

/**
 * The object identifier of a name with or without an instance, or of numbers: `sysName`, `ifAdminStatus.2`,
 * `1.3.6.1.2.1.1.5.0`. `instance`: a scalar's name alone stands for its one value.
 * @throws HeddleError ERR_USAGE
 */
export function oidOf(text: string, instance: boolean): string {
  const numbers = text.replace(/^\./, '');
  if (/^\d+(\.\d+)+$/.test(numbers)) return numbers;
  const [, name = '', rest = ''] = /^([A-Za-z]\w*)((?:\.\d+)*)$/.exec(text) ?? [];
  const oid = (objects as Readonly<Record<string, string>>)[name];
  if (oid === undefined) {
    throw new HeddleError('ERR_USAGE', `there is no object "${text}"`, {
      hint: `${didYouMean(text, Object.keys(objects))}; any other is written in numbers, 1.3.6.1.2.1.1.5.0`,
    });
  }
  return `${oid}${rest === '' && instance && name in scalars ? '.0' : rest}`;
}

/** `sysName.0`; nothing when no part of it has a name here. */
export function nameOf(oid: string): string | undefined {
  let best: [string, string] | undefined;
  for (const [name, prefix] of Object.entries(objects)) {
    if (oid !== prefix && !oid.startsWith(`${prefix}.`)) continue;
    if (!best || prefix.length > best[1].length) best = [name, prefix];
  }
  return best && best[0] + oid.slice(best[1].length);
}
