import type { Copy, EdgePlaces, EdgeService, Given } from '../model/model.ts';
import { type Distance, type RankedCopy, rankCopies, type Standpoint } from './choose.ts';
import { nodePortsOf } from './node-ports.ts';

/** What one site's gateway must know to answer and to route: nothing of it concerns another site's clients. */
export interface SiteView extends ViewPlaces {
  readonly domain: string;
  readonly site: string;
  readonly services: Readonly<Record<string, ServiceView>>;
}

/** A view where it is used, with services by key. Its object may change: a `ViewStore` tells when. */
export interface CurrentView extends ViewPlaces {
  readonly domain: string;
  readonly site: string;
  readonly services: ReadonlyMap<string, ServiceView>;
}

/** What is the same from wherever one looks. */
export interface ViewPlaces {
  /** Addresses of gateways, by site, and of nodes, by name. */
  readonly gateways: Readonly<Record<string, readonly string[]>>;
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  /** Networks that clients are in, by site. */
  readonly clients?: Readonly<Record<string, readonly string[]>>;
  readonly caa: EdgePlaces['caa'];
}

/** One service as the clients of one site are to find it. */
export interface ServiceView
  extends Pick<EdgeService, 'name' | 'namespace' | 'steer' | 'ports' | 'refused'>,
    Given {
  /** Seconds that a resolver may keep an answer; 0: not at all. */
  readonly ttl: number;
  /** The order in which they are to be used. */
  readonly copies: readonly ViewCopy[];
}

export interface ViewCopy extends Omit<Copy, 'ready'> {
  readonly site: string;
  /** Milliseconds, rounded to a tenth, so that noise is no change. */
  readonly distance: number | null;
  /** How far off that may be, and where it is from. */
  readonly error: number;
  readonly basis: Distance['basis'];
  readonly verdict: RankedCopy['verdict'];
  readonly reason: string;
  readonly kept?: true;
}

/** A gateway's address does not move, so its name may be kept; a copy's has to be forgotten within the failover time. */
const gatewayTtl = 30;

const all: Given = { alias: true, bySite: true };

/** The view of one service from where one stands. Pure. */
export function viewService(
  places: Pick<EdgePlaces, 'nodes' | 'sites'>,
  service: EdgeService,
  from: Standpoint,
): ServiceView {
  const { name, namespace, steer, ports, failover, given = all, refused } = service;
  return {
    name,
    namespace,
    ...given,
    ...(refused && { refused }),
    steer,
    ttl: steer === 'gateway' ? gatewayTtl : Math.floor(failover / 2),
    ports,
    copies: rankCopies(places, service, from).map(({ copy, distance, ...ranked }) => {
      const { ready, nodePorts: _, ...rest } = copy;
      const nodePorts = steer === 'direct' ? nodePortsOf(copy, ports, places.nodes[copy.node]) : {};
      const { basis, error } = distance;
      const milliseconds = basis === 'unknown' ? null : tenths(distance.milliseconds);
      const figures = { distance: milliseconds, error: tenths(error), basis };
      return { ...rest, ...(Object.keys(nodePorts).length > 0 && { nodePorts }), ...ranked, ...figures };
    }),
  };
}

/** The same view, for whoever uses it. */
export function currentView({ services, ...rest }: SiteView): CurrentView {
  return { ...rest, services: new Map(Object.entries(services)) };
}

/** The site whose copies are chosen; nothing when there is none left. */
export function chosenSite({ copies }: ServiceView): string | undefined {
  return copies.find(({ verdict }) => verdict === 'chosen')?.site;
}

/** The site whose copies are chosen though others are nearer. */
export function keptSite({ copies }: ServiceView): string | undefined {
  return copies.find(({ kept }) => kept)?.site;
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
