import { isIPv6, type Socket } from 'node:net';
import { type Distribution, Histogram } from '../../lib/histogram.ts';
import type { Endpoint, Respond } from '../listen/endpoint.ts';
import { FairConnections } from '../listen/fair-connections.ts';
import type { ViewChange, ViewSubscriber } from '../view/subscriber.ts';
import type { CurrentView, ServiceView } from '../view/view.ts';
import { type AnswerOptions, answer, headerOnly } from './answer.ts';
import { ClientSites } from './client-sites.ts';
import type { Subnet } from './client-subnet.ts';
import { Cookies } from './cookies.ts';
import { networks } from './networks.ts';
import { type QueryCount, QueryCounts } from './query-counts.ts';
import { type RateDecision, RateLimiter, type RateLimits } from './rate-limit.ts';
import { seenFrom } from './seen-from.ts';
import { type TcpLimits, TcpListener } from './tcp.ts';
import { UdpListener } from './udp.ts';
import { rcode, rcodeNames } from './wire.ts';
import { Zone } from './zone.ts';

export interface DnsOptions {
  /** What `dig +nsid` shows; not given: nothing. */
  readonly nsid?: string;
  readonly limits?: Partial<RateLimits>;
  readonly tcp?: Partial<TcpLimits>;
  /** Addresses or networks (`10.1.0.0/16`) of resolvers that ask for many others: not limited. */
  readonly forwarders?: readonly string[];
  /** Whether it is measured how long answers take: a clock is read twice for each. */
  readonly isTimed?: boolean;
  /** Told of a defect that a query met; the query was answered with SERVFAIL, and the server goes on. */
  problem?(error: unknown): void;
}

/** What happened since the start. */
export interface DnsStats {
  readonly queries: { readonly udp: number; readonly tcp: number };
  /** By name of the code: NOERROR, NXDOMAIN, … */
  readonly answers: Readonly<Record<string, number>>;
  readonly truncated: number;
  /** Not answered: responses, what is no message, and what was over the limit. */
  readonly dropped: number;
  /** Answers that the system did not take, for want of a route or of memory: their clients ask again. */
  readonly unsent: number;
  /** Over the limit: dropped, or told to use TCP. */
  readonly limited: number;
  /** Open over TCP. */
  readonly connections: number;
  /** Connections over TCP that had to make room for others. */
  readonly displaced: number;
  readonly names: number;
  readonly serial: number;
  readonly stale: boolean;
}

/** Seconds. */
const answeringBounds = [0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.005, 0.01, 0.05];

/** A resolver needs one or two; some tens may be behind one address. */
const defaultTcp: TcpLimits = { connections: 1024, perClient: 64, idle: 10_000 };

/** How many ports are tried where any will do: one that is free for UDP may be taken for TCP. */
const tries = 20;

/** The gateway's authoritative DNS server. It answers SERVFAIL until it has a view. */
export class DnsServer implements ViewSubscriber {
  readonly #options: DnsOptions;
  readonly #rules: AnswerOptions;
  #view: CurrentView | undefined;
  #zone: Zone | undefined;
  #clients = new ClientSites();
  /** The zone as clients of other sites are to see it, by site; of those that were asked for. */
  readonly #elsewhere = new Map<string, Zone>();
  #stale = false;
  #udp: UdpListener[] = [];
  #tcp: TcpListener[] = [];
  #connections: FairConnections<Socket> | undefined;
  readonly #queries = new QueryCounts();
  readonly #answering: Histogram | undefined;
  /** By code. */
  readonly #answers = new Array<number>(16).fill(0);
  #truncated = 0;
  #dropped = 0;
  #unsent = 0;
  #limited = 0;

  constructor(options: DnsOptions) {
    this.#options = options;
    if (options.isTimed) this.#answering = new Histogram(answeringBounds);
    const limiter = new RateLimiter(options.limits);
    const forwarders = networks(options.forwarders ?? []);
    this.#rules = {
      cookies: new Cookies(),
      asked: (type, transport) => this.#queries.add(type, transport),
      limit: (address, now) => this.#count(limiter.check(address, now)),
      ...(options.nsid !== undefined && { nsid: options.nsid }),
      ...(forwarders && {
        isForwarder: (address: string) => forwarders.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'),
        hasClientSites: () => !this.#clients.isEmpty,
        zoneFor: (subnet: Subnet) => this.#zoneFor(subnet),
      }),
    };
  }

  /** Answers from the view as it is now. */
  changed({ isWhole, serial, ...change }: ViewChange, view: CurrentView): void {
    this.#view = view;
    if (isWhole || !this.#zone) {
      this.#zone = new Zone(view, serial);
      this.#zone.setStale(this.#stale);
      this.#elsewhere.clear();
    } else {
      this.#zone.apply(change, serial);
      for (const [site, zone] of this.#elsewhere) {
        const set = Object.entries(change.set).map(([key, service]) => [key, seenFrom(site, service)]);
        zone.apply({ ...change, set: Object.fromEntries(set) }, serial);
      }
    }
    if (change.places) this.#clients = new ClientSites(view.clients);
  }

  /** Whether the gateway is cut off: answers say that they may be out of date (RFC 8914). */
  stale(stale: boolean): void {
    this.#stale = stale;
    for (const zone of [this.#zone, ...this.#elsewhere.values()]) zone?.setStale(stale);
  }

  /**
   * Listens; all or nothing.
   * @param listen each over UDP and TCP; port 0: one that is free. Name the gateway's own addresses rather than 0.0.0.0:
   *   answers from that one may leave under another of the host's addresses, which clients do not take
   * @returns where, with the ports that were chosen
   * @throws HeddleError ERR_EDGE_LISTEN
   */
  async start(listen: readonly Endpoint[]): Promise<Endpoint[]> {
    const took = this.#answering;
    const respond: Respond = took
      ? (bytes, address, transport) => {
          const began = performance.now();
          const response = this.#respond(bytes, address, transport);
          took.add((performance.now() - began) / 1000);
          return response;
        }
      : (bytes, address, transport) => this.#respond(bytes, address, transport);
    const unsent = () => {
      this.#unsent++;
    };
    const limits = { ...defaultTcp, ...this.#options.tcp };
    const connections = new FairConnections<Socket>(limits);
    this.#connections = connections;
    const endpoints: Endpoint[] = [];
    try {
      for (const endpoint of listen) {
        const { udp, tcp } = await openBoth(
          endpoint.port === 0 ? tries : 1,
          () => UdpListener.open(endpoint, respond, unsent),
          (port) => TcpListener.open({ ...endpoint, port }, respond, connections, limits.idle),
        );
        this.#udp.push(udp);
        this.#tcp.push(tcp);
        endpoints.push({ ...endpoint, port: udp.port });
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    return endpoints;
  }

  async stop(): Promise<void> {
    const open = [...this.#udp, ...this.#tcp];
    this.#udp = [];
    this.#tcp = [];
    await Promise.all(open.map((listener) => listener.close()));
  }

  stats(): DnsStats {
    const answers = this.#answers.flatMap((count, code) =>
      count > 0 ? [[rcodeNames[code] ?? code, count]] : [],
    );
    return {
      queries: { udp: this.#queries.total('udp'), tcp: this.#queries.total('tcp') },
      answers: Object.fromEntries(answers),
      truncated: this.#truncated,
      dropped: this.#dropped,
      unsent: this.#unsent,
      limited: this.#limited,
      connections: this.#connections?.size ?? 0,
      displaced: this.#connections?.dropped ?? 0,
      names: this.#zone?.size ?? 0,
      serial: this.#zone?.serial ?? 0,
      stale: this.#stale,
    };
  }

  /** Queries by type and transport. */
  queries(): QueryCount[] {
    return this.#queries.read();
  }

  /** How long answers took here, in seconds; nothing when that is not measured. */
  answering(): Distribution | undefined {
    return this.#answering?.read();
  }

  /** The zone as clients in a network see it; nothing when they are at this site, or nobody knows where. */
  #zoneFor(subnet: Subnet): Zone | undefined {
    const site = this.#clients.siteOf(subnet);
    if (!this.#zone || !this.#view || site === undefined || site === this.#zone.site) return undefined;
    const kept = this.#elsewhere.get(site);
    if (kept) return kept;
    const services = new Map<string, ServiceView>();
    for (const [key, service] of this.#view.services) services.set(key, seenFrom(site, service));
    const zone = new Zone({ ...this.#view, site, services }, this.#zone.serial);
    zone.setStale(this.#stale);
    this.#elsewhere.set(site, zone);
    return zone;
  }

  #respond(bytes: Buffer, address: string, transport: 'udp' | 'tcp'): Buffer | undefined {
    const response = this.#answer(bytes, address, transport);
    if (!response) {
      this.#dropped++;
      return undefined;
    }
    const code = (response[3] as number) & 15;
    this.#answers[code] = (this.#answers[code] ?? 0) + 1;
    if ((response[2] as number) & 0x02) this.#truncated++;
    return response;
  }

  /** One query's misfortune is not the others'. */
  #answer(bytes: Buffer, address: string, transport: 'udp' | 'tcp'): Buffer | undefined {
    try {
      return answer(bytes, { transport, address, now: performance.now() }, this.#zone, this.#rules);
    } catch (error) {
      this.#options.problem?.(error);
      return headerOnly(bytes, rcode.serverFailure);
    }
  }

  #count(verdict: RateDecision): RateDecision {
    if (verdict !== 'answer') this.#limited++;
    return verdict;
  }
}

/** Both on one port. */
async function openBoth(
  attempts: number,
  openUdp: () => Promise<UdpListener>,
  openTcp: (port: number) => Promise<TcpListener>,
): Promise<{ udp: UdpListener; tcp: TcpListener }> {
  for (let left = attempts; ; left--) {
    const udp = await openUdp();
    try {
      return { udp, tcp: await openTcp(udp.port) };
    } catch (error) {
      await udp.close();
      if (left === 1) throw error;
    }
  }
}
