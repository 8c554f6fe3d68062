import path from 'node:path';
import { Authority } from '../../src/edge/ca/authority.ts';
import { controllerSubject } from '../../src/edge/ca/subjects.ts';
import { open, signerOf } from '../../src/edge/delivery/envelope.ts';
import { Publisher } from '../../src/edge/delivery/publisher.ts';
import { readMessage } from '../../src/edge/delivery/read.ts';
import { gatewaySeat } from '../../src/edge/delivery/seat.ts';
import { Trust } from '../../src/edge/delivery/trust.ts';
import { viewsOf } from '../../src/edge/distance/views.ts';
import { Zone } from '../../src/edge/dns/zone.ts';
import type { EdgeModel, Site } from '../../src/edge/model/model.ts';
import { Merge } from '../../src/edge/sources/merge.ts';
import type { Told } from '../../src/edge/sources/source.ts';
import type { Delta } from '../../src/edge/view/message.ts';
import { currentView } from '../../src/edge/view/view.ts';
import type { Views } from '../../src/edge/view/views.ts';
import { copyOf, serviceOf } from '../../test/support/edge-model.ts';

export interface Scale {
  readonly gateways: number;
  /** Of these gateways the views are computed. */
  readonly sample: number;
  readonly services: number;
  /** Of each service. */
  readonly copies: number;
  /** For the authority. */
  readonly folder: string;
}

const source = 'scale';
const nodesAtSite = 5;

/** An edge without processes: what a source tells goes through all that a controller and a gateway do with it. */
export class EdgeAtScale {
  readonly #scale: Scale;
  readonly #merge: Merge;
  readonly #views: Views;
  readonly #publisher: Publisher;
  readonly #trust: Trust;
  readonly #zone: Zone;
  /** What was sent last to the first of the gateways, by topic. */
  #sent: [topic: string, payload: Buffer] | undefined;
  #snapshotBytes = 0;
  #snapshots = 0;
  #deltaBytes = 0;
  #moved = 0;

  static async create(scale: Scale): Promise<EdgeAtScale> {
    const authority = await Authority.create(path.join(scale.folder, String(scale.services)));
    return new EdgeAtScale(scale, await authority.issue(controllerSubject, [], 1));
  }

  private constructor(scale: Scale, credentials: Awaited<ReturnType<Authority['issue']>>) {
    this.#scale = scale;
    this.#trust = new Trust(credentials.authorities);
    const { sites, ...places } = placesOf(scale.gateways);
    this.#merge = new Merge([source], { ...places, sites });
    const isWanted = (site: string) => Number(site.slice(5)) < scale.sample;
    this.#views = viewsOf({ ...places, sites, nodes: {}, services: {} }, undefined, isWanted);
    this.#publisher = new Publisher(
      (...sent) => this.#note(...sent),
      signerOf(credentials),
      1,
      (_, work) => work(),
    );
    const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
    this.#tell(
      new Map([
        ...numbers(scale.gateways * nodesAtSite).map((node) => [`Node n${node}`, nodeOf(node)] as const),
        ...numbers(scale.services).map(
          (service) => [`Service ${service}`, this.#service(service, 0)] as const,
        ),
      ]),
    );
    for (const site of this.#sites()) this.#publisher.repeat(gatewaySeat(site), this.#views.siteView(site));
    this.#zone = new Zone(currentView(this.#views.siteView('site-0')), 1);
    this.#snapshots = 0;
  }

  /** Moves a service; milliseconds that it takes the controller for all gateways looked at, and one of these. */
  change(): { readonly controller: number; readonly gateway: number } {
    const service = this.#moved++ % this.#scale.services;
    const told = this.#service(service, 1 + Math.floor(this.#moved / this.#scale.services));
    this.#sent = undefined;
    const began = performance.now();
    this.#tell(new Map([[`Service ${service}`, told]]));
    const published = performance.now();
    if (!this.#sent) throw new Error(`nothing was sent for service ${service}`);
    const opened = open(...(this.#sent as [string, Buffer]), this.#trust, Date.now());
    const message = 'body' in opened ? readMessage(opened.body) : undefined;
    if (message?.kind !== 'delta') throw new Error('what was sent is no change');
    this.#zone.apply(message as Delta, this.#moved + 1);
    return { controller: published - began, gateway: performance.now() - published };
  }

  /** Bytes for one gateway. */
  sizes() {
    return {
      snapshotBytes: this.#snapshotBytes,
      deltaBytes: this.#deltaBytes,
      snapshotsWritten: this.#snapshots / this.#scale.sample,
    };
  }

  #tell(change: ReadonlyMap<string, Told>): void {
    this.#merge.apply(source, change);
    this.#views.apply(this.#merge.changes());
    for (const [site, one] of this.#views.changes())
      this.#publisher.change(gatewaySeat(site), one, () => this.#views.siteView(site));
  }

  #note(topic: string, payload: Buffer | string): void {
    if (topic.endsWith('/snapshot')) {
      this.#snapshots++;
      this.#snapshotBytes = payload.length;
    } else this.#deltaBytes = payload.length;
    if (topic.includes('site-0/delta')) this.#sent = [topic, payload as Buffer];
  }

  #sites(): string[] {
    return Array.from({ length: this.#scale.sample }, (_, index) => `site-${index}`);
  }

  /** A service on other nodes every time. */
  #service(index: number, time: number): Told {
    const nodes = this.#scale.gateways * nodesAtSite;
    const copies = Array.from({ length: this.#scale.copies }, (_, copy) => {
      const node = (index * 7 + copy * 13 + time * 17) % nodes;
      return copyOf(`s${index}`, `n${node}`, { id: `c${copy}`, address: addressOf(node) });
    });
    const { sources: _, ...service } = serviceOf(`s${index}`, {
      steer: 'direct',
      ports: [{ name: 'http', port: 80, protocol: 'tcp', application: 'http' }],
      copies,
    });
    return { service: { ...service, explicit: true } };
  }
}

function placesOf(gateways: number): Pick<EdgeModel, 'domain' | 'caa' | 'sites'> {
  const sites = Array.from({ length: gateways }, (_, index): [string, Site] => {
    const location = { latitude: (index % 100) - 50, longitude: Math.floor(index / 100) * 30 - 150 };
    const gateway = [`10.255.${Math.floor(index / 250)}.${(index % 250) + 1}`];
    return [`site-${index}`, { name: `site-${index}`, gateway, prefer: [], location }];
  });
  return { domain: 'edge.internal', caa: [], sites: Object.fromEntries(sites) };
}

function nodeOf(node: number): Told {
  const site = `site-${Math.floor(node / nodesAtSite)}`;
  return { node: { name: `n${node}`, site, addresses: [addressOf(node)] } };
}

function addressOf(node: number): string {
  return `10.${Math.floor(node / 62_500)}.${Math.floor(node / 250) % 250}.${(node % 250) + 1}`;
}
