import { didYouMean } from '../../lib/did-you-mean.ts';
import { profilesOf } from '../profiles.ts';
import { child, type Path } from '../tree.ts';
import { keyAt, label, type ServiceJob } from './context.ts';

/** Reports names that the file does not define, and dependencies that no active profile runs. */
export function checkReferences(job: ServiceJob): void {
  const { file } = job.assembly;
  const c = job.compose;
  for (const name of Object.keys(c.depends_on ?? {})) checkDependency(job, name);
  for (const name of Object.keys(c.networks ?? {})) {
    checkName(job, 'network', name, file.networks, ['networks', name]);
  }
  for (const [i, mount] of (c.volumes ?? []).entries()) {
    if (mount.type === 'volume' && mount.source) {
      checkName(job, 'volume', mount.source, file.volumes, ['volumes', i]);
    }
  }
  for (const [i, { source }] of (c.configs ?? []).entries()) {
    checkName(job, 'config', source, file.configs, ['configs', i]);
  }
  for (const [i, { source }] of (c.secrets ?? []).entries()) {
    checkName(job, 'secret', source, file.secrets, ['secrets', i]);
  }
}

function checkName(
  job: ServiceJob,
  kind: 'network' | 'volume' | 'config' | 'secret',
  name: string,
  defined: Readonly<Record<string, unknown>> | null | undefined,
  path: Path,
): void {
  // The tree also knows those that were wrong and taken out of the checked file.
  const section = child(job.assembly.tree, `${kind}s`);
  if (child(section, name) !== undefined) return;
  const message = `${label(job, path)}: there is no ${kind} "${name}"`;
  const hint = didYouMean(name, Object.keys(defined ?? {})) ?? `define it under "${kind}s" at top level`;
  job.assembly.shop.findings.error('ERR_UNKNOWN_REFERENCE', message, keyAt(job, path), hint);
}

function checkDependency(job: ServiceJob, name: string): void {
  const { tree, active, shop } = job.assembly;
  if (active.has(name)) return;
  const path = dependencyPath(job, name);
  const services = child(tree, 'services');
  const disabled = child(services, name);
  if (job.compose.depends_on?.[name]?.required === false) return;
  if (disabled === undefined) {
    const names = services?.kind === 'map' ? services.entries.keys() : [];
    const message = `${label(job, path)}: there is no service "${name}"`;
    shop.findings.error('ERR_UNKNOWN_REFERENCE', message, keyAt(job, path), didYouMean(name, names));
    return;
  }
  const profiles = profilesOf(disabled);
  shop.findings.error(
    'ERR_UNKNOWN_REFERENCE',
    `${label(job, path)}: the service "${name}" is not active; it belongs to the profile ${profiles.join(', ')}`,
    keyAt(job, path),
    `use --profile ${profiles[0]}, or write "required: false"`,
  );
}

/** The key that makes a service depend on another: `depends_on`, or one that implies it. */
function dependencyPath({ compose }: ServiceJob, name: string): Path {
  const key = (['network_mode', 'pid', 'ipc'] as const).find((each) => compose[each] === `service:${name}`);
  if (key !== undefined) return [key];
  const from = (compose.volumes_from ?? []).findIndex((each) => each.replace(/:r[ow]$/, '') === name);
  if (from !== -1) return ['volumes_from', from];
  const link = (compose.links ?? []).findIndex((each) => each === name || each.startsWith(`${name}:`));
  return link === -1 ? ['depends_on', name] : ['links', link];
}
