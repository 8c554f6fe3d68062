// For tests: a view to answer from, and queries to ask with.
import { type DecodedPacket, decode, encode, type RecordType } from 'dns-packet';
import { type AnswerOptions, answer, type Client } from '../../src/edge/dns/answer.ts';
import { Cookies } from '../../src/edge/dns/cookies.ts';
import type { EdnsOption } from '../../src/edge/dns/edns.ts';
import { Zone } from '../../src/edge/dns/zone.ts';
import type { Delta, Snapshot } from '../../src/edge/view/message.ts';
import { currentView, type ServiceView, type ViewCopy } from '../../src/edge/view/view.ts';

export function copyOn(node: string, site: string, rest: Partial<ViewCopy> = {}): ViewCopy {
  return {
    id: `copy-${node}`,
    site,
    node,
    address: '10.9.9.9',
    ports: { http: 8080 },
    distance: 1,
    error: 0,
    basis: 'measured',
    verdict: 'chosen',
    draining: false,
    reason: '',
    ...rest,
  };
}

export function serviceOf(name: string, rest: Partial<ServiceView> = {}): ServiceView {
  return {
    name,
    namespace: 'shop',
    alias: true,
    bySite: true,
    steer: 'direct',
    ttl: 2,
    ports: [{ name: 'http', port: 80, protocol: 'tcp', application: 'http' }],
    copies: [copyOn('oulu-1', 'oulu')],
    ...rest,
  };
}

/** Helsinki's view: `web` is reached through the gateway, `db` directly, `gone` has no live copy. */
export function snapshotOf(...more: readonly ServiceView[]): Snapshot {
  const services = [
    serviceOf('web', { steer: 'gateway', ttl: 30, copies: [copyOn('hel-1', 'helsinki')] }),
    serviceOf('db'),
    serviceOf('gone', { copies: [copyOn('oulu-1', 'oulu', { verdict: 'out' })] }),
    ...more,
  ];
  return {
    kind: 'snapshot',
    epoch: 1,
    version: 7,
    view: {
      domain: 'edge.internal',
      site: 'helsinki',
      gateways: { helsinki: ['10.1.0.1', 'fd00:1::1'], oulu: ['10.2.0.1'] },
      nodes: { 'hel-1': ['10.1.0.11'], 'oulu-1': ['10.2.0.11', 'fd00:2::11'] },
      clients: { oulu: ['10.2.0.0/16'] },
      caa: [],
      services: Object.fromEntries(services.map((one) => [`${one.namespace}/${one.name}`, one])),
    },
  };
}

export function deltaOf(rest: Partial<Delta>): Delta {
  return { kind: 'delta', epoch: 1, version: 8, site: 'helsinki', set: {}, removed: [], ...rest };
}

/** The zone of a snapshot. */
export function zoneOf({ view }: Snapshot, serial = 7): Zone {
  return new Zone(currentView(view), serial);
}

export interface Asking {
  readonly name: string;
  readonly type?: string;
  readonly class?: 'IN' | 'CH' | 'ANY';
  readonly edns?: boolean;
  readonly size?: number;
  readonly version?: number;
  readonly dnssec?: boolean;
  readonly options?: readonly EdnsOption[];
  readonly flags?: number;
}

/** A query as a client sends it. */
export function queryFor(asking: Asking): Buffer {
  const { name, type = 'A', size = 1232, options = [], flags = 0 } = asking;
  const edns =
    asking.edns ?? (options.length > 0 || asking.size !== undefined || asking.version !== undefined);
  return encode({
    type: 'query',
    id: 4711,
    flags,
    questions: [{ name, type: type as RecordType, class: asking.class ?? 'IN' }],
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: size,
            extendedRcode: 0,
            ednsVersion: asking.version ?? 0,
            flags: asking.dnssec ? 0x8000 : 0,
            flag_do: asking.dnssec ?? false,
            options: options as never,
          },
        ]
      : [],
  });
}

export const client: Client = { transport: 'udp', address: '192.0.2.7', now: 1_700_000_000_000 };
export const plain: AnswerOptions = { cookies: new Cookies(Buffer.alloc(16, 1)) };

export type Answered = DecodedPacket & { readonly rcode: string };

/** Asks a zone; the answer as dns-packet reads it. */
export function ask(
  zone: Zone | undefined,
  asking: Asking,
  options: Partial<AnswerOptions> = {},
  from: Partial<Client> = {},
): Answered | undefined {
  const bytes = answer(queryFor(asking), { ...client, ...from }, zone, { ...plain, ...options });
  return bytes && (decode(bytes) as Answered);
}

/** Data of the records of the answer, as text. */
export function dataOf({ answers = [] }: Answered | undefined = {} as Answered): string[] {
  return answers.map((one) => {
    const { data } = one as { data: unknown };
    if (typeof data === 'string') return data;
    return Array.isArray(data) ? data.map(String).join(' ') : JSON.stringify(data);
  });
}
