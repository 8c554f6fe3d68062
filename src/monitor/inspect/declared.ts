import { nameTargets } from '../../deploy/pod-names.ts';
import { capabilitiesOf } from '../../selector/file-view.ts';
import { sandboxName } from '../../selector/pod-names.ts';
import type { ContainerSpec, DeploymentSpec, MountSpec, PodSpec } from '../../selector/spec.ts';
import type { MountStanding, NamespaceKind, Standing } from './record.ts';

/** Where a specification's symbolic mounts are found. */
export interface PathLookup {
  /** The application's folder in the node's state folder. */
  readonly folder: string;
  /** A path of the host without symbolic links, as the kernel has it. */
  readonly real: (path: string) => string;
}

/** What a container is to have, by the specification. */
export function declaredStanding(
  spec: DeploymentSpec,
  pod: PodSpec,
  container: ContainerSpec,
  places: PathLookup,
): Standing {
  const home = pod.sandbox.kind === 'pod' ? (podNamed(spec, pod.sandbox.pod) ?? pod) : pod;
  return {
    sharing: container.role === 'application' ? null : (container.sharing ?? 'none'),
    namespaces: namespacesOf(pod, container),
    capabilities: declaredCapabilities(container),
    noNewPrivileges: (container.securityOpt ?? []).some((option) =>
      /^no-new-privileges(?!.*false)/.test(option),
    ),
    mounts: [
      ...container.mounts.map((mount, index) => mountOf(spec, container, mount, index, places)),
      ...nameTargets(home, container).map((target, index) =>
        fileOf(container, target, container.mounts.length + index, places),
      ),
    ],
    networks: networksOf(home),
    management: managementOf(home),
  };
}

function namespacesOf(pod: PodSpec, container: ContainerSpec): Readonly<Record<NamespaceKind, string>> {
  const application = pod.containers.find((other) => other.role === 'application');
  const joined = container.sharing?.includes('pid') ? application?.name : undefined;
  return {
    network: networkOf(pod),
    pid: joined ?? modeText(container.pid),
    mount: 'own',
    ipc: modeText(container.ipc),
    uts: 'own',
  };
}

function networkOf({ sandbox }: PodSpec): string {
  switch (sandbox.kind) {
    case 'own':
      return sandbox.name;
    case 'pod':
      return sandboxName(sandbox.pod);
    case 'container':
      return sandbox.container;
    case 'host':
      return 'host';
  }
}

/** `host`, `container:NAME`, or a namespace of its own under one of several names. */
function modeText(mode = ''): string {
  if (mode === 'host') return 'host';
  return mode.startsWith('container:') ? mode.slice('container:'.length) : 'own';
}

/** What the engine is asked for. A user other than root has fewer, but none is out of its reach. */
function declaredCapabilities({ capAdd, capDrop, privileged }: ContainerSpec): string[] {
  if (privileged) return ['ALL'];
  return capabilitiesOf({ ...(capAdd && { capAdd }), ...(capDrop && { capDrop }) }).sort();
}

function mountOf(
  spec: DeploymentSpec,
  container: ContainerSpec,
  mount: MountSpec,
  index: number,
  { folder, real }: PathLookup,
): MountStanding {
  const { target } = mount;
  switch (mount.type) {
    case 'state':
      return { source: real(`${folder}/${mount.source}`), target, readOnly: mount.readOnly };
    case 'secret':
      return { source: real(`${folder}/secrets/${mount.name}`), target, readOnly: true };
    case 'file':
      return fileOf(container, target, index, { folder, real });
    case 'bind':
      return { source: real(mount.source), target, readOnly: mount.readOnly };
    case 'volume': {
      const device = spec.volumes.find(({ name }) => name === mount.source)?.driverOptions['device'];
      return { source: device ?? `volume ${mount.source ?? '(nameless)'}`, target, readOnly: mount.readOnly };
    }
    case 'tmpfs':
      return { source: 'tmpfs', target, readOnly: mount.options?.includes('ro') ?? false };
  }
}

/** One that the node writes. */
function fileOf(
  { name }: ContainerSpec,
  target: string,
  index: number,
  { folder, real }: PathLookup,
): MountStanding {
  return { source: real(`${folder}/files/${name}.${index}`), target, readOnly: true };
}

function networksOf({ sandbox, path }: PodSpec): Standing['networks'] {
  if (sandbox.kind !== 'own') return [];
  const names = sandbox.engineBridge ? [engineNetwork] : sandbox.networks.map(({ network }) => network);
  return names.sort().map((network) => ({ network, path }));
}

/** The engine's default network, which each engine has its own name for. */
export const engineNetwork = "the engine's own";

function managementOf({ management }: PodSpec): Standing['management'] {
  if (!management) return 'none';
  return management.isolated ? 'isolated' : 'open';
}

function podNamed(spec: DeploymentSpec, name: string): PodSpec | undefined {
  return spec.pods.find((pod) => pod.name === name);
}
