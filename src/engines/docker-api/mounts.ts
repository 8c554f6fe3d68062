import type { HostConfig, MountSettings } from 'dockerode';
import type { ContainerHome } from '../workloads.ts';

type Mount = ContainerHome['mounts'][number];
type Lasting = Exclude<Mount, { type: 'tmpfs' }>;

/** Mounts as the engines take them. A bind with an SELinux label is only known to the older `Binds`. */
export function mountOptions(mounts: readonly Mount[]): Pick<HostConfig, 'Mounts' | 'Binds' | 'Tmpfs'> {
  const labelled = mounts.filter((mount) => mount.type === 'bind' && mount.selinux !== undefined);
  const others = mounts.filter((mount) => mount.type !== 'tmpfs' && !labelled.includes(mount)) as Lasting[];
  const temporary = mounts.filter((mount) => mount.type === 'tmpfs');
  return {
    Mounts: others.map(mountSettings),
    Tmpfs: Object.fromEntries(temporary.map((mount) => [mount.target, tmpfsOptions(mount)])),
    ...(labelled.length > 0 && { Binds: labelled.map(bindText) }),
  };
}

function mountSettings(mount: Lasting): MountSettings {
  switch (mount.type) {
    case 'bind':
      return {
        Type: 'bind',
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.readOnly,
        ...(mount.propagation && {
          BindOptions: { Propagation: mount.propagation as 'rprivate' },
        }),
      };
    case 'volume':
      return {
        Type: 'volume',
        Source: mount.source ?? '',
        Target: mount.target,
        ReadOnly: mount.readOnly,
        ...(mount.noCopy && {
          VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
        }),
      };
  }
}

/** `rw,size=64m,mode=1777,noexec`, as `mount -o` has it. */
function tmpfsOptions(mount: Extract<Mount, { type: 'tmpfs' }>): string {
  return [
    ...(mount.options ?? []),
    ...(mount.size === undefined ? [] : [`size=${mount.size}`]),
    ...(mount.mode === undefined ? [] : [`mode=${mount.mode.toString(8)}`]),
  ].join(',');
}

function bindText(mount: Mount): string {
  if (mount.type !== 'bind') return '';
  return `${mount.source}:${mount.target}:${mount.readOnly ? 'ro' : 'rw'},${mount.selinux}`;
}
