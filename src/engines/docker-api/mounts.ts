import type { HostConfig, MountSettings } from 'dockerode';
import type { ContainerHome } from '../engine.ts';

type Mount = ContainerHome['mounts'][number];

/** Mounts as the engines take them. A bind with an SELinux label is only known to the older `Binds`. */
export function mountOptions(mounts: readonly Mount[]): Pick<HostConfig, 'Mounts' | 'Binds' | 'Tmpfs'> {
  const labelled = mounts.filter((mount) => mount.type === 'bind' && mount.selinux !== undefined);
  const others = mounts.filter((mount) => !labelled.includes(mount));
  return {
    Mounts: others.map(mountSettings),
    ...(labelled.length > 0 && { Binds: labelled.map(bindText) }),
  };
}

function mountSettings(mount: Mount): MountSettings {
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
        ...(mount.noCopy && { VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } } }),
      };
    case 'tmpfs':
      return {
        Type: 'tmpfs',
        Source: '',
        Target: mount.target,
        ...((mount.size !== undefined || mount.mode !== undefined) && {
          TmpfsOptions: { SizeBytes: mount.size ?? 0, Mode: mount.mode ?? 0o1777 },
        }),
      };
  }
}

function bindText(mount: Mount): string {
  if (mount.type !== 'bind') return '';
  return `${mount.source}:${mount.target}:${mount.readOnly ? 'ro' : 'rw'},${mount.selinux}`;
}
