import type { Template } from '../catalogue/template.ts';
import type { ImageTable } from './images.ts';
import { bytes } from './parameters.ts';
import { fillIn, type PlaceholderContext, valueAt } from './placeholders.ts';
import { sandboxName } from './pod-names.ts';
import type { ContainerSpec, MountSpec, PodSpec } from './spec.ts';

export type AgentTemplate = Template['agents'][string];
export type CollectorTemplate = NonNullable<Template['collector']>;

type Common = Omit<ContainerSpec, 'name' | 'key' | 'role'>;

/**
 * A container of management as its template has it. Least privilege: no capability but those named, and nothing new
 * by exec.
 */
export function containerFrom(
  images: ImageTable,
  template: AgentTemplate | CollectorTemplate,
  { feature, file }: Template,
  context: PlaceholderContext,
): Common {
  const environment = Object.entries(template.environment).map(([key, value]) => [
    key,
    fillIn(String(value), context, file),
  ]);
  const { cpus, memory, pids } = template.limits;
  return {
    image: images.ofTemplate(template.image),
    environment: Object.fromEntries(environment),
    labels: {},
    mounts: mountsOf(template, feature, file, context),
    capDrop: ['ALL'],
    capAdd: capabilitiesFor(template, context),
    securityOpt: ['no-new-privileges'],
    ...(template.command && { command: template.command.map((word) => fillIn(word, context, file)) }),
    ...(template.entrypoint && { entrypoint: template.entrypoint }),
    ...(template.user !== undefined && { user: template.user }),
    ...(template.privileged && { privileged: true }),
    ...(template.devices.length > 0 && {
      devices: template.devices.map((device) => ({ host: device, container: device, permissions: 'rwm' })),
    }),
    resources: {
      limits: {
        ...(cpus !== undefined && { cpus }),
        ...(memory !== undefined && { memory: bytes(memory) }),
        ...(pids !== undefined && { pids }),
      },
      reservations: {},
    },
    restart: { condition: 'always' },
    stopGracePeriod: 2000,
    dependsOn: [],
  };
}

/** Those that are always needed, and those that a parameter asks for. */
function capabilitiesFor(
  { capabilities, capabilitiesIf }: AgentTemplate | CollectorTemplate,
  context: PlaceholderContext,
): string[] {
  const asked = Object.entries(capabilitiesIf)
    .filter(([parameter]) => valueAt(context['parameters'], parameter) === true)
    .flatMap(([, more]) => more);
  return [...new Set([...capabilities, ...asked])];
}

function mountsOf(
  template: AgentTemplate | CollectorTemplate,
  feature: string,
  file: string,
  context: PlaceholderContext,
): MountSpec[] {
  const { secrets } = template;
  const folder = 'secretsFolder' in template ? template.secretsFolder : undefined;
  return [
    ...template.state.map(
      (state): MountSpec => ({ type: 'state', ...state, source: fillIn(state.source, context, file) }),
    ),
    ...template.binds.map((bind): MountSpec => ({ type: 'bind', ...bind, createSource: false })),
    ...(secrets ? [{ type: 'secret' as const, name: `${feature}/${context['service']}`, ...secrets }] : []),
    ...(folder === undefined
      ? []
      : [{ type: 'state' as const, source: `secrets/${feature}`, target: folder, readOnly: true }]),
  ];
}

/**
 * A sandbox on the networks named and on the management link, with no port published. It passes nothing on from one of
 * them to another: a new namespace has the host's setting, and an engine's host forwards.
 */
export function plainSandbox(
  images: ImageTable,
  pod: string,
  networks: readonly { readonly network: string; readonly aliases: readonly string[] }[] = [],
): PodSpec['sandbox'] {
  return {
    kind: 'own',
    name: sandboxName(pod),
    image: images.ofTemplate('holder'),
    networks,
    ports: [],
    extraHosts: [],
    dns: [],
    dnsSearch: [],
    dnsOptions: [],
    sysctls: { 'net.ipv4.ip_forward': '0' },
  };
}
