import type { EdgeModel, EdgePort, EdgeService } from '../model.ts';
import { type DistanceTo, type HealthOf, type RankedCopy, rankCopies } from './choose.ts';

/** What one site's gateway must know to answer and to route: nothing of it concerns another site's clients. */
export interface SiteView {
  readonly domain: string;
  readonly site: string;
  /** Addresses of gateways, by site, and of nodes, by name. */
  readonly gateways: Readonly<Record<string, readonly string[]>>;
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  readonly services: Readonly<Record<string, ServiceView>>;
}

/** One service as the clients of one site are to find it. */
export interface ServiceView {
  readonly name: string;
  readonly namespace: string;
  /** Whether `<name>.<domain>` leads here, too. */
  readonly alias: boolean;
  readonly steer: EdgeService['steer'];
  /** Seconds that a resolver may keep an answer. */
  readonly ttl: number;
  readonly ports: readonly EdgePort[];
  /** The order in which they are to be used. */
  readonly copies: readonly ViewCopy[];
}

export interface ViewCopy {
  readonly id: string;
  readonly site: string;
  readonly node: string;
  readonly address: string;
  readonly ports: Readonly<Record<string, number>>;
  /** Milliseconds, rounded to a tenth, so that noise is no change. */
  readonly distance: number | null;
  readonly verdict: RankedCopy['verdict'];
  readonly draining: boolean;
  readonly reason: string;
}

/** A gateway's address does not move, so its name may be kept; a copy's has to be forgotten within the failover time. */
const gatewayTtl = 30;

/**
 * The view of one service from one site. Pure.
 * @param alias whether the short name is this service's
 * @param current the site that its clients were sent to before
 */
export function viewService(
  model: Pick<EdgeModel, 'nodes' | 'sites'>,
  service: EdgeService,
  alias: boolean,
  here: string,
  distanceTo: DistanceTo,
  healthOf: HealthOf,
  current?: string,
): ServiceView {
  const { name, namespace, steer, ports, failover } = service;
  const ranked = rankCopies(model, service, here, distanceTo, healthOf, current);
  return {
    name,
    namespace,
    alias,
    steer,
    ttl: steer === 'gateway' ? gatewayTtl : Math.max(1, Math.floor(failover / 2)),
    ports,
    copies: ranked.map(({ copy, site, distance, verdict, reason }) => ({
      id: copy.id,
      site,
      node: copy.node,
      address: copy.address,
      ports: copy.ports,
      distance: distance.basis === 'unknown' ? null : Math.round(distance.milliseconds * 10) / 10,
      verdict,
      draining: copy.draining,
      reason,
    })),
  };
}

/** The site whose copies are chosen; nothing when there is none left. */
export function chosenSite({ copies }: ServiceView): string | undefined {
  return copies.find(({ verdict }) => verdict === 'chosen')?.site;
}
