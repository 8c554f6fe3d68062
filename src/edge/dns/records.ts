import ipaddr from 'ipaddr.js';
import { type EdgePort, numberOf } from '../model/model.ts';
import type { ServiceView, ViewPlaces } from '../view/view.ts';

/** A record's data, by type. Names in it are relative to the domain. */
export type EdgeRecord =
  | { readonly type: 'A' | 'AAAA'; readonly ttl: number; readonly data: string }
  | { readonly type: 'TXT'; readonly ttl: number; readonly data: readonly string[] }
  | {
      readonly type: 'SRV';
      readonly ttl: number;
      readonly data: {
        readonly priority: number;
        readonly weight: number;
        readonly port: number;
        readonly target: string;
      };
    };

/** The places, and the site that they are looked at from. */
export interface ViewPlacesFrom extends ViewPlaces {
  readonly site: string;
}

/** Seconds: gateways and nodes keep their addresses. */
const stable = 30;

/** The names of a service and their records, relative to the domain, as the clients of a site are to see them. */
export function serviceRecords(view: ViewPlacesFrom, service: ServiceView): Map<string, EdgeRecord[]> {
  const { name, namespace, alias, ttl } = service;
  const records = new Map<string, EdgeRecord[]>();
  const addresses = addressRecords(serviceAddresses(view, service), ttl);
  const about: EdgeRecord = { type: 'TXT', ttl, data: [`site=${chosenText(service)}`] };
  const canonical = `${name}.${namespace}.svc`;
  // A service without a live copy has no address: its name exists, its answer is empty.
  records.set(canonical, [...addresses, about]);
  if (alias) records.set(name, [...addresses, about]);
  for (const port of service.ports) {
    const srv = serviceTargets(view, service, port);
    records.set(
      `_${port.name}._${port.protocol}.${canonical}`,
      srv.map((data) => ({ type: 'SRV', ttl, data })),
    );
  }
  const live = service.copies.filter(({ verdict }) => verdict !== 'out');
  for (const site of service.bySite ? new Set(live.map((copy) => copy.site)) : []) {
    records.set(`${name}.${site}.site`, addressRecords(siteAddresses(view, service, site), ttl));
  }
  return records;
}

/** The names of nodes and gateways. */
export function placeRecords(view: ViewPlacesFrom): Map<string, EdgeRecord[]> {
  const records = new Map<string, EdgeRecord[]>();
  for (const [site, addresses] of Object.entries(view.gateways)) {
    records.set(`${site}.gateway`, addressRecords(addresses, stable));
  }
  for (const [node, addresses] of Object.entries(view.nodes)) {
    records.set(`${node}.node`, addressRecords(addresses, stable));
  }
  return records;
}

/** The places that the records of a service are made from. */
export function placesOf(service: ServiceView, here: string): string[] {
  const sites = new Set([here, ...service.copies.map(({ site }) => site)]);
  const nodes = new Set(service.copies.map(({ node }) => node));
  return [...[...sites].map((site) => `gateway ${site}`), ...[...nodes].map((node) => `node ${node}`)];
}

function serviceAddresses(view: ViewPlacesFrom, service: ServiceView): readonly string[] {
  const chosen = service.copies.filter(({ verdict }) => verdict === 'chosen');
  if (chosen.length === 0) return [];
  if (service.steer === 'gateway') return view.gateways[view.site] ?? [];
  return [...new Set(chosen.flatMap(({ node }) => view.nodes[node] ?? []))];
}

function siteAddresses(view: ViewPlacesFrom, service: ServiceView, site: string): readonly string[] {
  if (service.steer === 'gateway') return view.gateways[site] ?? [];
  const there = service.copies.filter((copy) => copy.site === site && copy.verdict !== 'out');
  return [...new Set(there.flatMap(({ node }) => view.nodes[node] ?? []))];
}

function serviceTargets(view: ViewPlacesFrom, service: ServiceView, port: EdgePort) {
  const chosen = service.copies.filter(({ verdict }) => verdict === 'chosen');
  if (chosen.length === 0) return [];
  if (service.steer === 'gateway') {
    return [{ priority: 0, weight: 0, port: port.port, target: `${view.site}.gateway` }];
  }
  // Several copies at a node are behind one port of it.
  const ends = new Map(
    chosen.map(({ node, nodePorts }) => {
      const end = { port: numberOf(nodePorts, port) ?? port.port, target: `${node}.node` };
      return [`${end.port} ${end.target}`, end];
    }),
  );
  return [...ends.values()].map((end) => ({ priority: 0, weight: 1, ...end }));
}

export function addressRecords(addresses: readonly string[], ttl: number): EdgeRecord[] {
  return addresses
    .filter((address) => ipaddr.isValid(address))
    .map((data) => ({ type: ipaddr.parse(data).kind() === 'ipv4' ? 'A' : 'AAAA', ttl, data }));
}

function chosenText({ copies }: ServiceView): string {
  return copies.find(({ verdict }) => verdict === 'chosen')?.site ?? 'none';
}
