import type { SharingLevel } from '../../catalogue/sharing.ts';
import type { Position } from '../../networks/path/position.ts';
import { engineNetwork } from './declared.ts';
import { hostPath, isEngines, parseMountinfo } from './mountinfo.ts';
import { type ContainerFacts, type NamespaceLinks, namespaceFile, type ProcessFacts } from './processes.ts';
import { type MountStanding, type NamespaceKind, namespaceKinds, type Standing } from './record.ts';
import { type ProcessStatus, parseStatus } from './status.ts';

/** A container of the project that runs, and what the kernel says of it. */
export interface RunningContainer {
  readonly name: string;
  readonly id: string;
  readonly pod: string;
  readonly role: 'sandbox' | 'application' | 'agent' | 'collector';
  readonly facts: ContainerFacts;
}

/** All that was read of a host and a project at one time. */
export interface Snapshot {
  readonly host: { readonly namespaces: NamespaceLinks; readonly mountinfo: string };
  readonly processes: readonly ProcessFacts[];
  readonly containers: readonly RunningContainer[];
  /** By pod. */
  readonly positions: Readonly<Record<string, Position>>;
  /** Networks by the bridge that carries them. */
  readonly networks: Readonly<Record<string, string>>;
}

/** One part of what was found, and how. */
interface Found<T> {
  readonly value: T;
  readonly how: string;
}
type Parts = { readonly [Part in keyof Standing]: Found<Standing[Part]> };

/** What a container has, by its processes. */
export function observedStanding(
  snapshot: Snapshot,
  container: RunningContainer,
): { readonly observed: Standing; readonly how: Readonly<Record<keyof Standing, string>> } {
  const statuses = container.facts.statuses.map(({ pid, text }) => ({ pid, status: parseStatus(text) }));
  const namespaces = namespacesOf(snapshot, container);
  const parts: Parts = {
    sharing: sharingOf(snapshot, container, namespaces.value, statuses),
    namespaces,
    capabilities: capabilitiesOf(statuses),
    noNewPrivileges: {
      value: statuses.every(({ status }) => status.noNewPrivileges),
      how: `NoNewPrivs in /proc/PID/status of ${pids(statuses)}`,
    },
    mounts: mountsOf(snapshot, container),
    ...positionParts(snapshot, container),
  };
  const entries = Object.entries(parts) as [keyof Standing, Found<unknown>][];
  return {
    observed: Object.fromEntries(entries.map(([part, { value }]) => [part, value])) as unknown as Standing,
    how: Object.fromEntries(entries.map(([part, { how }]) => [part, how])) as Record<keyof Standing, string>,
  };
}

function namespacesOf(snapshot: Snapshot, container: RunningContainer): Found<Standing['namespaces']> {
  const found = namespaceKinds.map((kind) => {
    const owner = ownerOf(snapshot, container, kind);
    const path = `/proc/${container.facts.pid}/ns/${namespaceFile(kind)}`;
    return { kind, owner, how: `${path} is ${owner === 'own' ? 'its own' : `that of ${owner}`}` };
  });
  return {
    value: Object.fromEntries(found.map(({ kind, owner }) => [kind, owner])) as Standing['namespaces'],
    how: found.map(({ how }) => how).join('; '),
  };
}

/** In whose name a namespace is: the sandbox before the application before an agent that has joined it. */
const ranks = ['sandbox', 'application', 'collector', 'agent'];

function ownerOf(
  { host, processes, containers }: Snapshot,
  container: RunningContainer,
  kind: NamespaceKind,
): string {
  const link = container.facts.namespaces[kind];
  if (link === host.namespaces[kind]) return 'host';
  const [owner] = containers
    .filter(({ facts }) => facts.namespaces[kind] === link)
    .sort((a, b) => ranks.indexOf(a.role) - ranks.indexOf(b.role));
  if (owner && owner.name !== container.name) return owner.name;
  // Somebody outside the project; programs of the host that only look in are none.
  const own = new Set(containers.map(({ facts }) => facts.namespaces.mount));
  const stranger = processes.find(
    ({ namespaces }) =>
      namespaces[kind] === link && namespaces.mount !== host.namespaces.mount && !own.has(namespaces.mount),
  );
  return stranger ? `process ${stranger.pid}` : 'own';
}

/** What an agent shares with any container of the application. */
function sharingOf(
  snapshot: Snapshot,
  container: RunningContainer,
  namespaces: Standing['namespaces'],
  statuses: readonly { readonly pid: number; readonly status: ProcessStatus }[],
): Found<Standing['sharing']> {
  if (container.role === 'application') return { value: null, how: 'it is the application itself' };
  const foreign = (['network', 'pid', 'mount'] as const).filter((kind) => namespaces[kind] === 'host');
  if (foreign.length > 0)
    return { value: 'host', how: `its ${foreign.join(' and ')} namespace is the host's` };
  const { namespaces: own } = container.facts;
  const applications = snapshot.containers.filter(({ role }) => role === 'application');
  const beside = applications.filter(({ facts }) => facts.namespaces.network === own.network);
  const within = applications.find(({ facts }) => facts.namespaces.pid === own.pid);
  const levels: [SharingLevel, string | undefined][] = [
    [
      'network+pid+mounts',
      within && (readsFiles(within, statuses) ?? hasMounts(snapshot, within, container)),
    ],
    ['network+pid', within && `it is in the process view of ${within.name}`],
    ['network', beside[0] && `it is in the network namespace of ${beside[0].name}`],
  ];
  const [level, how] = levels.find(([, reason]) => reason !== undefined) ?? [];
  return { value: level ?? 'none', how: how ?? 'it is in no namespace of the application' };
}

/** Who may read an application's files through /proc/PID/root: ptrace(2), "Ptrace access mode checking". */
function readsFiles(
  application: RunningContainer,
  statuses: readonly { readonly pid: number; readonly status: ProcessStatus }[],
): string | undefined {
  const [first] = application.facts.statuses.filter(({ pid }) => pid === application.facts.pid);
  if (!first) return undefined;
  const target = parseStatus(first.text);
  const reader = statuses.find(({ status }) => {
    const has = new Set(status.permitted);
    if (has.has('SYS_PTRACE')) return true;
    const same = status.users.every((user) => user === target.users[0]);
    return (same || has.has('SETUID')) && target.permitted.every((capability) => has.has(capability));
  });
  return (
    reader &&
    `process ${reader.pid} may read /proc/1/root of ${application.name}: it has every right of its first process`
  );
}

/** Whether a volume or folder of the application's is mounted in an agent, too. */
function hasMounts(
  snapshot: Snapshot,
  application: RunningContainer,
  container: RunningContainer,
): string | undefined {
  const theirs = new Set(mountsOf(snapshot, application).value.map(({ source }) => source));
  const common = mountsOf(snapshot, container).value.find(
    ({ source }) => source !== 'tmpfs' && theirs.has(source),
  );
  return common && `${common.source} of ${application.name} is mounted at ${common.target}`;
}

function capabilitiesOf(
  statuses: readonly { readonly pid: number; readonly status: ProcessStatus }[],
): Found<readonly string[]> {
  return {
    value: [...new Set(statuses.flatMap(({ status }) => status.reachable))].sort(),
    how: `CapPrm, CapInh and CapBnd in /proc/PID/status of ${pids(statuses)}`,
  };
}

function mountsOf(
  { host, containers }: Snapshot,
  container: RunningContainer,
): Found<readonly MountStanding[]> {
  const hostMounts = parseMountinfo(host.mountinfo);
  const hostProc = hostMounts.find(({ target, type }) => target === '/proc' && type === 'proc')?.device;
  // Containers that joined a sandbox have its /etc/hosts; any of the project's will do.
  const ids = containers.filter(({ pod }) => pod === container.pod).map(({ id }) => id);
  const mounts = parseMountinfo(container.facts.mountinfo)
    .filter((mount) => !isEngines(mount, ids, hostProc))
    .map((mount): MountStanding => {
      const path = hostPath(mount, hostMounts);
      const volume = /\/volumes\/([^/]+)\/_data$/.exec(path ?? '')?.[1];
      const elsewhere = mount.type === 'tmpfs' ? 'tmpfs' : `${mount.type} ${mount.source}`;
      return {
        source: volume === undefined ? (path ?? elsewhere) : `volume ${volume}`,
        target: mount.target,
        readOnly: mount.readOnly,
      };
    });
  return { value: mounts, how: `/proc/${container.facts.pid}/mountinfo, without the engine's own` };
}

function positionParts(
  { positions, networks }: Snapshot,
  container: RunningContainer,
): Pick<Parts, 'networks' | 'management'> {
  const position = positions[container.pod];
  const attachments = position?.attachments ?? [];
  const value = attachments
    .map(({ bridge, path }) => ({ network: networkAt(bridge, networks), path }))
    .sort((a, b) => (a.network < b.network ? -1 : 1));
  const how = position?.how.join('; ') || 'it has no interface that leads anywhere';
  return { networks: { value, how }, management: { value: position?.management ?? 'none', how } };
}

function networkAt(bridge: string | undefined, networks: Snapshot['networks']): string {
  if (bridge === undefined) return 'a bridge that is not found';
  return networks[bridge] ?? `bridge ${bridge}`;
}

function pids(statuses: readonly { readonly pid: number }[]): string {
  return statuses.map(({ pid }) => pid).join(', ');
}

/** What the engine calls its default network. */
export function networkName(name: string): string {
  return name === 'podman' || name === 'bridge' ? engineNetwork : name;
}
