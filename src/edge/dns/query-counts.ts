import { recordType } from './wire.ts';

type Transport = 'udp' | 'tcp';

/** Types that are told apart: those that there are here, and what clients ask for besides. Whoever asks has no say in it. */
const countedTypes: Readonly<Record<string, number>> = {
  A: recordType.A,
  AAAA: recordType.AAAA,
  SRV: recordType.SRV,
  TXT: recordType.TXT,
  NS: recordType.NS,
  SOA: recordType.SOA,
  CAA: recordType.CAA,
  CNAME: 5,
  PTR: 12,
  MX: 15,
  DS: 43,
  HTTPS: 65,
  ANY: recordType.ANY,
};
const names = Object.keys(countedTypes);
/** By type, where it is counted. */
const places = new Uint8Array(1 + Math.max(...Object.values(countedTypes))).fill(names.length);
for (const [place, type] of Object.values(countedTypes).entries()) places[type] = place;

/** Queries of one type over one transport. */
export interface QueryCount {
  readonly type: string;
  readonly transport: Transport;
  readonly count: number;
}

/** How often each type was asked for. To count costs a look into a table. */
export class QueryCounts {
  readonly #counts = { udp: counts(), tcp: counts() };

  /** Nothing: what came could not be read. */
  add(type: number | undefined, transport: Transport): void {
    const of = this.#counts[transport];
    const place = (type === undefined ? undefined : places[type]) ?? names.length;
    of[place] = (of[place] as number) + 1;
  }

  total(transport: Transport): number {
    return this.#counts[transport].reduce((sum, count) => sum + count, 0);
  }

  /** Of those that came; what has no name here, and what could not be read, is `other`. */
  read(): QueryCount[] {
    return (['udp', 'tcp'] as const).flatMap((transport) =>
      [...this.#counts[transport]].flatMap((count, place) =>
        count > 0 ? { type: names[place] ?? 'other', transport, count } : [],
      ),
    );
  }
}

function counts(): Float64Array {
  return new Float64Array(names.length + 1);
}
