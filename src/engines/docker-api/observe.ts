import type Docker from 'dockerode';
import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import { composeLabel, type Labels, label } from '../../lib/labels.ts';
import type {
  AnonymousVolume,
  ObservedAddress,
  ObservedContainer,
  ObservedObjects,
  ObservedResource,
} from '../observed.ts';
import { asking, isNotFound } from './errors.ts';

/** Everything of a project that the engine has. */
export async function observe(api: Docker, project: string): Promise<ObservedObjects> {
  return asking(`looking at ${project}`, async () => {
    const [own, composed, networks, volumes] = await Promise.all([
      listOwn(api, project),
      api.listContainers({ all: true, filters: { label: [`${composeLabel.project}=${project}`] } }),
      api.listNetworks({ filters: { label: [`${composeLabel.project}=${project}`] } }),
      api.listVolumes({ filters: { label: [`${composeLabel.project}=${project}`] } }),
    ]);
    const containers = await inspectAll(api, own);
    const mine = new Set(own.map((item) => item.Id));
    return {
      containers,
      networks: networks.map((network) => resource(network.Name, network.Labels, project)),
      volumes: (volumes.Volumes ?? []).map((volume) => ({
        ...resource(volume.Name, volume.Labels, project),
        made: { driver: volume.Driver, options: volume.Options ?? {}, labels: volume.Labels ?? {} },
      })),
      foreign: composed.filter((item) => !mine.has(item.Id)).map((item) => nameOf(item.Names[0] ?? item.Id)),
    };
  });
}

/** The containers of a project that are Heddle's. */
export async function ownContainers(api: Docker, project: string): Promise<ObservedContainer[]> {
  return asking(`looking at ${project}`, async () => inspectAll(api, await listOwn(api, project)));
}

function listOwn(api: Docker, project: string): Promise<ContainerInfo[]> {
  return api.listContainers({ all: true, filters: { label: [`${label.project}=${project}`] } });
}

async function inspectAll(api: Docker, items: readonly ContainerInfo[]): Promise<ObservedContainer[]> {
  const containers = await Promise.all(items.map((item) => inspectContainer(api, item.Id)));
  return containers.filter((container) => container !== undefined);
}

/** The projects that have containers of Heddle's. */
export async function projects(api: Docker): Promise<string[]> {
  const all = await asking('listing containers', () =>
    api.listContainers({ all: true, filters: { label: [label.project] } }),
  );
  return [
    ...new Set(all.map((item) => item.Labels[label.project]).filter((name) => name !== undefined)),
  ].sort();
}

export async function inspectContainer(api: Docker, name: string): Promise<ObservedContainer | undefined> {
  try {
    return toObserved(await api.getContainer(name).inspect());
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    return asking(`inspecting ${name}`, () => Promise.reject(cause));
  }
}

function toObserved(info: ContainerInspectInfo): ObservedContainer {
  const { State: state } = info;
  const startedAt = time(state.StartedAt);
  const finishedAt = time(state.FinishedAt);
  const health = state.Health?.Status;
  const now = stateOf(state.Status);
  // Podman goes on naming the process of a container that ended while its service was gone.
  const hasProcess = now === 'running' || now === 'paused';
  return {
    id: info.Id,
    name: nameOf(info.Name),
    labels: info.Config.Labels ?? {},
    image: info.Config.Image,
    imageId: imageId(info.Image),
    state: now,
    ...(state.Status === 'exited' && { exitCode: state.ExitCode }),
    ...(hasProcess && state.Pid > 0 && { pid: state.Pid }),
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(isHealth(health) && { health }),
    ...healthcheckOf(info),
    anonymous: anonymousVolumes(info),
    networks: Object.entries(info.NetworkSettings.Networks ?? {}).map(([network, endpoint]) =>
      address(network, endpoint),
    ),
    ports: Object.entries(info.NetworkSettings.Ports ?? {}).flatMap(([target, hosts]) =>
      (hosts ?? []).map((host) => ({ target, host: `${host.HostIp || '0.0.0.0'}:${host.HostPort}` })),
    ),
  };
}

/** Engines give a volume without a name 64 random digits for one. */
function anonymousVolumes({ Mounts }: ContainerInspectInfo): AnonymousVolume[] {
  return (Mounts ?? []).flatMap(({ Type, Name, Destination }) =>
    Type === 'volume' && /^[0-9a-f]{64}$/.test(Name ?? '') ? [{ name: Name ?? '', target: Destination }] : [],
  );
}

/** The engines' own default is 30 seconds. */
function healthcheckOf({ Config }: ContainerInspectInfo): Pick<ObservedContainer, 'healthcheck'> {
  const check = Config.Healthcheck;
  const test = check?.Test ?? [];
  if (!check || test.length === 0 || test[0] === 'NONE') return {};
  return { healthcheck: { test, interval: check.Interval ? check.Interval / 1e6 : 30_000 } };
}

function address(
  network: string,
  endpoint: { IPAddress?: string; GlobalIPv6Address?: string; MacAddress?: string },
): ObservedAddress {
  return {
    network,
    ...(endpoint.IPAddress && { ipv4: endpoint.IPAddress }),
    ...(endpoint.GlobalIPv6Address && { ipv6: endpoint.GlobalIPv6Address }),
    ...(endpoint.MacAddress && { mac: endpoint.MacAddress }),
  };
}

function resource(name: string, labels: Labels | null | undefined, project: string): ObservedResource {
  const hash = labels?.[label.hash];
  return { name, own: labels?.[label.project] === project, ...(hash !== undefined && { hash }) };
}

/** Image ids are compared; Docker writes them with the algorithm in front and Podman without. */
export function imageId(id: string): string {
  return id.replace(/^sha256:/, '');
}

function stateOf(status: string): ObservedContainer['state'] {
  if (status === 'running' || status === 'paused' || status === 'created') return status;
  // Podman's `configured` and `initialized` are Docker's `created`; its `stopped`/`exited` and Docker's `dead` are one.
  return status === 'configured' || status === 'initialized' ? 'created' : 'stopped';
}

function isHealth(status: string | undefined): status is 'starting' | 'healthy' | 'unhealthy' {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy';
}

/** Engines write the year 1 for "never". */
function time(text: string | undefined): number | undefined {
  const value = Date.parse(text ?? '');
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

export function nameOf(name: string): string {
  return name.replace(/^\//, '');
}
