import type { Mount } from '../application.ts';
import { isPath } from '../forms/mounts.ts';
import type { ComposeService } from '../schema/service.ts';
import { parseBytes } from '../schema/units.ts';
import { keyAt, label, type ServiceJob, valueAt } from './context.ts';
import { present } from './present.ts';

type Written = NonNullable<ComposeService['volumes']>[number];

/** `volumes` and `tmpfs` of a service. */
export function toMounts(job: ServiceJob): Mount[] {
  const volumes = (job.compose.volumes ?? []).map((mount, i) => toMount(job, mount, i));
  const tmpfs = (job.compose.tmpfs ?? []).map((written, i) => toTmpfs(job, written, i));
  return [...volumes, ...tmpfs];
}

function toMount(job: ServiceJob, mount: Written, i: number): Mount {
  const { target } = mount;
  const readOnly = mount.read_only ?? false;
  switch (mount.type) {
    case 'bind':
      return present({
        type: 'bind' as const,
        source: requireSource(job, mount, i),
        target,
        readOnly,
        createSource: mount.bind?.create_host_path ?? true,
        propagation: mount.bind?.propagation,
        selinux: mount.bind?.selinux,
      });
    case 'volume':
      return present({
        type: 'volume' as const,
        source: mount.source || undefined,
        target,
        readOnly,
        noCopy: mount.volume?.nocopy ?? false,
        subpath: mount.volume?.subpath,
      });
    default:
      return present({
        type: 'tmpfs' as const,
        target,
        size: mount.tmpfs?.size,
        mode: mount.tmpfs?.mode,
        options: readOnly ? ['ro'] : undefined,
      });
  }
}

function requireSource(job: ServiceJob, { source }: Written, i: number): string {
  if (source?.startsWith('/')) return source;
  const problem = source ? `"${source}" is not a path` : 'a bind mount needs a "source"';
  const hint = source && !isPath(source) ? `write "./${source}"` : undefined;
  const message = `${label(job, ['volumes', i])}: ${problem}`;
  job.assembly.shop.findings.error('ERR_COMPOSE_TYPE', message, keyAt(job, ['volumes', i]), hint);
  return source ?? '';
}

/** `PATH[:OPTION,…]` with the options of mount(8). */
function toTmpfs(job: ServiceJob, written: string, i: number): Mount {
  const cut = written.indexOf(':');
  const target = cut === -1 ? written : written.slice(0, cut);
  const problem = (message: string): void =>
    job.assembly.shop.findings.error(
      'ERR_COMPOSE_TYPE',
      `${label(job, ['tmpfs', i])}: ${message}`,
      valueAt(job, ['tmpfs', i]),
    );
  if (!target.startsWith('/')) problem(`"${target}" is not an absolute path`);
  const options = cut === -1 ? [] : written.slice(cut + 1).split(',');
  const optionValue = (key: string): string | undefined =>
    options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1);
  const [writtenSize, writtenMode] = [optionValue('size'), optionValue('mode')];
  const size = writtenSize === undefined ? undefined : parseBytes(writtenSize);
  if (writtenSize !== undefined && size === undefined) problem(`"${writtenSize}" is not a size`);
  if (writtenMode !== undefined && !/^[0-7]{1,5}$/.test(writtenMode)) {
    problem(`"${writtenMode}" is not octal access rights`);
  }
  const mode = writtenMode === undefined ? undefined : Number.parseInt(writtenMode, 8);
  const others = options.filter((option) => option !== '' && !/^(size|mode)=/.test(option));
  return present({
    type: 'tmpfs' as const,
    target,
    size,
    mode,
    options: others.length > 0 ? others : undefined,
  });
}
