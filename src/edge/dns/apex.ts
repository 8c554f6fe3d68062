import type { Caa } from '../model/model.ts';
import type { ZoneRecord } from './body.ts';

/** Seconds. A name that is not there may be there a moment later. */
const negativeTtl = 2;
/** Seconds. The name server's own records are as lasting as the gateway's address. */
export const ownTtl = 30;
/** `ns.<domain>`: this gateway. */
export const serverName = 'ns';

/** What a zone says of itself under its own name. */
export function apexRecords(domain: string, serial: number, caa: readonly Caa[]): ZoneRecord[] {
  return [
    soaRecord(domain, serial),
    { type: 'NS', ttl: ownTtl, data: `${serverName}.${domain}` },
    ...caa.map((data): ZoneRecord => ({ type: 'CAA', ttl: ownTtl, data: { ...data, flags: 0 } })),
  ];
}

export function soaRecord(domain: string, serial: number): ZoneRecord {
  const data = {
    mname: `${serverName}.${domain}`,
    rname: `hostmaster.${domain}`,
    serial,
    refresh: 60,
    retry: 10,
    expire: 604_800,
    minimum: negativeTtl,
  };
  return { type: 'SOA', ttl: negativeTtl, data };
}
