import { mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Authority } from '../../src/edge/ca/authority.ts';
import { controllerSubject } from '../../src/edge/ca/subjects.ts';
import { open, signerOf } from '../../src/edge/delivery/envelope.ts';
import { Publisher } from '../../src/edge/delivery/publisher.ts';
import { readMessage } from '../../src/edge/delivery/read.ts';
import { gatewayRecipient } from '../../src/edge/delivery/recipient.ts';
import { Trust } from '../../src/edge/delivery/trust.ts';
import { viewsOf } from '../../src/edge/distance/views.ts';
import { DnsServer } from '../../src/edge/dns/server.ts';
import { ViewJournal } from '../../src/edge/gateway/view-journal.ts';
import { Grants } from '../../src/edge/grants/grants.ts';
import { RouteTable } from '../../src/edge/proxy/route-table.ts';
import { EdgeFileReader } from '../../src/edge/sources/edge-file-reader.ts';
import { Merge } from '../../src/edge/sources/merge.ts';
import { StaticSource } from '../../src/edge/sources/static-source.ts';
import { ViewStore } from '../../src/edge/view/view-store.ts';
import type { Views } from '../../src/edge/view/views.ts';

export interface Scale {
  readonly gateways: number;
  /** Of these gateways the views are computed. */
  readonly sample: number;
  readonly services: number;
  /** Of each service. */
  readonly copies: number;
  /** Whether clients are led to copies by the gateway's proxy, or directly. */
  readonly steer: 'gateway' | 'direct';
  /** For the authority, the edge file and the view of a gateway. */
  readonly folder: string;
}

/** Milliseconds, of the clock and of CPU. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

const nodesAtSite = 5;
/** Characters in the edge file, at least. */
const perService = 120;
const perCopy = 60;
const position = { tls: false, balance: true };

/**
 * An edge without processes: what changes in an edge file goes through all that a controller does with it, and through all
 * that a gateway does for its DNS server, its proxy and its disk.
 */
export class EdgeAtScale {
  readonly #scale: Scale;
  readonly #file: string;
  readonly #reader: EdgeFileReader;
  readonly #source: StaticSource;
  readonly #merge: Merge;
  readonly #grants: Grants;
  readonly #views: Views;
  readonly #publisher: Publisher;
  readonly #trust: Trust;
  readonly #store = new ViewStore();
  readonly #open: number;
  /** Where the services begin in the edge file, in bytes, and how long each is there. */
  readonly #start: number;
  readonly #length: number;
  /** What was sent last to the first of the gateways, by topic. */
  #sent: [topic: string, payload: Buffer] | undefined;
  #snapshotBytes = 0;
  #snapshots = 0;
  #deltaBytes = 0;
  #moved = 0;

  static async create(scale: Scale): Promise<EdgeAtScale> {
    const folder = path.join(scale.folder, `${scale.steer}-${scale.services}`);
    mkdirSync(folder, { recursive: true });
    const authority = await Authority.create(path.join(folder, 'ca'));
    return new EdgeAtScale({ ...scale, folder }, await authority.issue(controllerSubject, [], 1));
  }

  private constructor(scale: Scale, credentials: Awaited<ReturnType<Authority['issue']>>) {
    this.#scale = scale;
    this.#file = path.join(scale.folder, 'edge.yaml');
    this.#trust = new Trust(credentials.authorities);
    const head = headOf(scale.gateways);
    const lines = numbers(scale.services).map((index) => this.#service(index, 0));
    writeFileSync(this.#file, `${head}${lines.join('')}`);
    this.#open = openSync(this.#file, 'r+');
    [this.#start, this.#length] = [head.length, lines[0]?.length ?? 0];
    this.#reader = new EdgeFileReader(this.#file);
    const first = this.#reader.readChange();
    const { domain, caa, sites } = first.head;
    this.#source = new StaticSource(this.#file, first);
    const { name } = this.#source;
    this.#merge = new Merge([name], { domain, caa, sites });
    this.#grants = new Grants([name]);
    const isWanted = (site: string) => Number(site.slice(5)) < scale.sample;
    this.#views = viewsOf({ domain, caa, sites, nodes: {}, services: {} }, undefined, isWanted);
    this.#publisher = new Publisher(
      (...sent) => this.#note(...sent),
      signerOf(credentials),
      1,
      (_, work) => work(),
    );
    this.#source.start({ change: (change) => this.#tell(change), trouble: () => undefined });
    const view = this.#views.siteView('site-0');
    for (const site of numbers(scale.sample).map((index) => `site-${index}`))
      this.#publisher.repeat(gatewayRecipient(site), this.#views.siteView(site));
    this.#snapshots = 0;
    this.#store.subscribe(new DnsServer({}));
    const journal = new ViewJournal(path.join(scale.folder, 'view'));
    this.#store.subscribe({ changed: (change) => journal.keep(change, () => this.#store.snapshot()) });
    const routes = new RouteTable();
    this.#store.subscribe({
      changed: (change, now) => {
        routes.touch(change);
        routes.update(now, position);
      },
    });
    this.#store.receive({ kind: 'snapshot', epoch: 1, version: 0, view });
  }

  /** Moves a service; what that costs the controller for all gateways looked at, and one of these. */
  change(): { readonly controller: Cost; readonly gateway: Cost } {
    const service = this.#moved++ % this.#scale.services;
    const lines = this.#service(service, 1 + Math.floor(this.#moved / this.#scale.services));
    writeSync(this.#open, lines, this.#start + service * this.#length);
    this.#sent = undefined;
    const controller = costOf(() => this.#source.update(this.#reader.readChange()));
    if (!this.#sent) throw new Error(`nothing was sent for service ${service}`);
    const sent = this.#sent as [string, Buffer];
    const gateway = costOf(() => {
      const opened = open(...sent, this.#trust, Date.now());
      const message = 'body' in opened ? readMessage(opened.body) : undefined;
      if (message?.kind !== 'delta') throw new Error('what was sent is no change');
      this.#store.receive({ ...message, version: this.#moved });
    });
    return { controller, gateway };
  }

  /** Bytes for one gateway. */
  sizes() {
    return {
      snapshotBytes: this.#snapshotBytes,
      deltaBytes: this.#deltaBytes,
      snapshotsWritten: this.#snapshots / this.#scale.sample,
    };
  }

  #tell(change: Parameters<Merge['apply']>[1]): void {
    this.#merge.apply(this.#source.name, change);
    this.#views.apply(this.#grants.apply(this.#merge.changes()));
    for (const [site, one] of this.#views.changes())
      this.#publisher.change(gatewayRecipient(site), one, () => this.#views.siteView(site));
  }

  #note(topic: string, payload: Buffer | string): void {
    if (topic.endsWith('/snapshot')) {
      this.#snapshots++;
      this.#snapshotBytes = payload.length;
    } else this.#deltaBytes = payload.length;
    if (topic.includes('site-0/delta')) this.#sent = [topic, payload as Buffer];
  }

  /** The lines of a service on other nodes every time, always as many bytes. */
  #service(index: number, time: number): string {
    const { gateways, copies, steer } = this.#scale;
    const nodes = gateways * nodesAtSite;
    const there = numbers(copies).map((copy) => {
      const node = (index * 7 + copy * 13 + time * 17) % nodes;
      return `{ id: c${copy}, node: n${node}, address: ${addressOf(node)} }`;
    });
    const text = `  shop/s${index}:
    ports: { http: { port: 80, application: http } }
    steer: ${steer}
    copies: [${there.join(', ')}]`;
    return `${text.padEnd(perService + perCopy * copies)}\n`;
  }
}

function costOf(work: () => void): Cost {
  const used = process.cpuUsage();
  const began = performance.now();
  work();
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  return { wall, cpu: (user + system) / 1000 };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** The edge file up to the services. */
function headOf(gateways: number): string {
  const sites = numbers(gateways).map((index) => {
    const location = `{ latitude: ${(index % 100) - 50}, longitude: ${Math.floor(index / 100) * 30 - 150} }`;
    const gateway = `10.255.${Math.floor(index / 250)}.${(index % 250) + 1}`;
    return `  site-${index}: { gateway: [${gateway}], location: ${location} }\n`;
  });
  const nodes = numbers(gateways * nodesAtSite).map((node) => {
    const site = `site-${Math.floor(node / nodesAtSite)}`;
    return `  n${node}: { site: ${site}, addresses: [${addressOf(node)}] }\n`;
  });
  return `domain: edge.internal\nsites:\n${sites.join('')}nodes:\n${nodes.join('')}services:\n`;
}

function addressOf(node: number): string {
  return `10.${Math.floor(node / 62_500)}.${Math.floor(node / 250) % 250}.${(node % 250) + 1}`;
}
