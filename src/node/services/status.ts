import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeHealth, ServiceStatus } from '../../api/messages.ts';
import { ipJson, type Link } from '../../networks/ip.ts';
import { host } from '../../networks/linux/links.ts';
import type { NodeEdge } from '../../networks/nve/node-edge.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { Unit } from './unit.ts';

/** Milliseconds that a service may take to say what it has. */
const patience = 2000;

/** How services are, and what joins networks to those of other nodes. */
export async function statusOfServices(
  units: readonly Unit[],
  edge: NodeEdge | undefined,
): Promise<Pick<NodeHealth, 'services' | 'edge'>> {
  const listed = await Promise.all(units.map(async (unit) => ({ unit, networks: await networksOf(unit) })));
  // What services make for each other comes before that for which they do.
  const names = new Map(
    listed.flatMap(({ networks = [] }) =>
      networks.flatMap(({ vlan, name }) => (vlan === undefined ? [] : [[vlan, name] as const])),
    ),
  );
  return {
    services: listed.map(({ unit, networks }) => statusOfService(unit, networks)),
    edge: edge ? await statusOfEdge(edge, names) : null,
  };
}

function networksOf({ service }: Unit): Promise<readonly Network[] | undefined> {
  const late = sleep(patience, undefined, { ref: false });
  return Promise.race([service.networks.list().catch(() => undefined), late]);
}

function statusOfService(
  { name, process, state }: Unit,
  networks: readonly Network[] | undefined,
): ServiceStatus {
  return {
    name,
    process,
    phase: state.phase,
    reason: state.reason ?? null,
    restarts: state.restarts,
    since: new Date(state.since).toISOString(),
    pid: state.pid ?? null,
    networks: networks?.length ?? null,
    troubled: networks?.filter(({ status }) => status.phase === 'failed').length ?? null,
  };
}

async function statusOfEdge(
  edge: NodeEdge,
  names: ReadonlyMap<number, string>,
): Promise<NonNullable<NodeHealth['edge']>> {
  const [links, counters] = await Promise.all([
    ipJson<Link>(host, ['link', 'show']).catch(() => []),
    edge.counters().catch(() => []),
  ]);
  const uplink = links.find(({ ifname }) => ifname === edge.uplink);
  return {
    driver: edge.driver,
    uplink: edge.uplink,
    up: uplink?.flags.includes('LOWER_UP') === true,
    joined: counters
      .map((one) => ({ ...one, network: names.get(one.vlan) ?? '' }))
      .sort((one, other) => one.vlan - other.vlan),
  };
}
