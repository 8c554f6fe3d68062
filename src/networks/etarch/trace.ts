import { shownStep } from '../ovs/controller/shown-step.ts';
import { trace } from '../ovs/controller/trace.ts';
import { invalidError } from '../standard/parsed.ts';
import { broadcast } from '../standard/target.ts';
import type { FrameWish, Outlet, Trace, TraceStep } from '../standard/traffic.ts';
import type { TitledStation, TitledView } from './agent/title-switch.ts';
import { type Asker, decide } from './domain/decide.ts';
import { type Domain, type Entity, membersOf, type Workspace } from './domain/domain.ts';
import { etherType } from './wire/ethernet.ts';

/** What one node has of a network. */
interface Here extends TitledView {
  readonly node: string;
  readonly stations: readonly TitledStation[];
  readonly trunk?: string;
}

/** Whom a frame is for. */
interface Target {
  readonly mac: string;
  /** Absent: the frame is for nobody that the agent knows. */
  readonly workspace?: Workspace;
  readonly entity?: Entity;
}

/**
 * Where what an endpoint of this node sends goes: what the agent knows of it, what the switch does by its flows as they are now, and
 * who gets it on other nodes. Pure.
 * @throws HeddleError ERR_RESOURCE_INVALID for an endpoint that is not here, and for somebody whom nobody knows
 */
export function traceOf(frame: FrameWish, domain: Domain, here: Here): Trace {
  const sender = here.stations.find(({ endpoint }) => endpoint === frame.from);
  const inPort = sender && here.numbers.get(sender.port);
  if (!sender || inPort === undefined)
    throw invalidError(
      `a frame from ${frame.from}: it has no port at the switch of this node`,
      'ask the node that the endpoint is on: --host',
    );
  const target = targetOf(frame.to, domain, here.stations);
  const { sourceMac: source = sender.mac, etherType: type = etherType.data } = frame;
  const sent = { inPort, ethSrc: source, ethDst: target.mac, ethType: type };
  const { steps, outputs, isReported } = trace(here.flows, [], sent);
  const names = namesOf(here);
  const known = agentStep(sender, target, domain);
  const shown = steps.map((step) => shownStep(step, here.flows, names, isReported));
  const trunk = here.trunk === undefined ? undefined : here.numbers.get(here.trunk);
  const elsewhere =
    target.workspace && trunk !== undefined && outputs.includes(trunk)
      ? othersOf(target.workspace, domain, here.node)
      : new Map<string, string[]>();
  const to: Outlet[] = [
    ...(isReported ? [{ kind: 'host', name: 'agent' } as const] : []),
    ...outputs.map((number): Outlet => {
      const name = names.get(number) ?? String(number);
      return { kind: number === trunk ? 'edge' : 'endpoint', name };
    }),
    ...[...elsewhere].flatMap(([node, endpoints]) =>
      endpoints.map((name): Outlet => ({ kind: 'endpoint', name, node })),
    ),
  ];
  return {
    source,
    destination: target.mac,
    etherType: type,
    steps: [...(known ? [known] : []), ...shown, ...[...elsewhere].map(nodeStep)],
    outcome: to.length > 0 ? 'delivered' : 'dropped',
    to,
  };
}

/** A workspace goes before a title, and a title before an endpoint. */
function targetOf(to: string | undefined, domain: Domain, stations: readonly TitledStation[]): Target {
  if (to === undefined) return { mac: broadcast };
  const workspace = domain.workspaces.get(to);
  if (workspace) return { mac: workspace.address, workspace };
  const entity = domain.entities.get(to);
  if (entity) return { mac: entity.mac, entity };
  const station = stations.find(({ endpoint }) => endpoint === to);
  if (station) return { mac: station.mac };
  const mac = to.toLowerCase();
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac))
    throw invalidError(
      `a frame to ${JSON.stringify(to)}: there is no workspace, title or endpoint of the name, and it is no MAC address`,
    );
  const group = [...domain.workspaces.values()].find(({ address }) => address === mac);
  return group ? { mac, workspace: group } : { mac };
}

/** What the agent knows of whoever speaks, and of whom it is for. */
function agentStep(sender: Asker, { workspace, entity }: Target, domain: Domain): TraceStep | undefined {
  const titles = [...domain.entities.values()]
    .filter(({ node, endpoint }) => node === sender.node && endpoint === sender.endpoint)
    .map(({ title }) => title)
    .sort();
  const nobody = `no title is registered at endpoint ${sender.endpoint}`;
  if (workspace) {
    const members = [...membersOf(domain, workspace.title)].sort();
    const speaking = titles.filter((title) => members.includes(title));
    const [first] = titles;
    const effect =
      speaking.length > 0
        ? `${speaking.join(', ')} may speak in it`
        : first === undefined
          ? nobody
          : titles.map((title) => whyOut(title, sender, workspace, domain)).join('; ');
    const rule = members.length > 0 ? `members: ${members.join(', ')}` : 'it has no members';
    return { place: 'agent', at: `workspace ${workspace.title}`, rule, effect };
  }
  if (!entity) return undefined;
  const shared = [...domain.workspaces.keys()].filter((of) => {
    const members = membersOf(domain, of);
    return members.has(entity.title) && titles.some((title) => members.has(title));
  });
  return {
    place: 'agent',
    at: `title ${entity.title}`,
    rule: `endpoint ${entity.endpoint}, ${entity.node === undefined ? 'away' : `node ${entity.node}`}`,
    effect:
      shared.length > 0
        ? `hears what is said in ${shared.sort().join(', ')}, and nothing else`
        : 'hears nothing of this endpoint: they are in no workspace together',
  };
}

/** The answer that the agent would give. */
function whyOut(title: string, sender: Asker, { title: workspace }: Workspace, domain: Domain): string {
  const request = { primitive: 'workspaceAttach', title, workspace } as const;
  const { status, reason } = decide(domain, sender, request, 0).answer;
  return `${title} is not in it${status === 'ok' ? ', and may join' : `: ${reason ?? status}`}`;
}

/** Endpoints of a workspace's members, by the other nodes that they are on. */
function othersOf(workspace: Workspace, domain: Domain, here: string): ReadonlyMap<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const title of membersOf(domain, workspace.title)) {
    const { node, endpoint = '' } = domain.entities.get(title) ?? {};
    if (node !== undefined && node !== here)
      found.set(node, (found.get(node) ?? new Set<string>()).add(endpoint));
  }
  return new Map([...found].sort().map(([node, endpoints]) => [node, [...endpoints].sort()]));
}

function nodeStep([node, endpoints]: [string, readonly string[]]): TraceStep {
  const effect = endpoints.map((name) => `output:${name}`).join(', ');
  return { place: 'node', at: `node ${node}`, rule: 'its members there, as all agents know them', effect };
}

/** Who is at which port of the switch: an endpoint, or the way to other nodes. */
export function namesOf({
  stations,
  numbers,
  trunk,
}: Pick<Here, 'stations' | 'numbers' | 'trunk'>): ReadonlyMap<number, string> {
  const ports = [
    ...stations.map(({ port, endpoint }) => [port, endpoint] as const),
    ...(trunk === undefined ? [] : [[trunk, 'trunk'] as const]),
  ];
  return new Map(
    ports.flatMap(([port, name]) => {
      const number = numbers.get(port);
      return number === undefined ? [] : [[number, name] as const];
    }),
  );
}
