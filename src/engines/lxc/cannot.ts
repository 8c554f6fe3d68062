import type { ContainerSpec } from '../../selector/spec.ts';
import { unkeptLogOptions } from './log-size.ts';

/** What is accepted of `security_opt`: all else would not be enforced. */
export const securityOptions = [
  'no-new-privileges',
  'no-new-privileges:true',
  'label=disable',
  'label:disable',
];

/** Why LXC cannot make a container as it is specified, in words; nothing if nothing keeps it from that. Pure. */
export function cannot(container: ContainerSpec): string | undefined {
  return reasons(container)[0];
}

function reasons({ resources, ...container }: ContainerSpec): string[] {
  const { tuning = {} } = resources;
  const given: readonly (readonly [string, unknown])[] = [
    ['tty', container.tty],
    ['platform', container.platform],
    ['annotations', container.annotations && Object.keys(container.annotations).length > 0],
    ['group_add by name', container.groupAdd?.some((group) => !/^\d+$/.test(group))],
    ['ipc', container.ipc !== undefined && !['host', 'private', 'none', 'shareable'].includes(container.ipc)],
    ['pid', container.pid !== undefined && container.pid !== 'host'],
    ['memswap_limit', tuning.memorySwap],
    ['mem_swappiness', tuning.swappiness],
    ['oom_kill_disable', tuning.oomKillDisable],
    ['cgroup_parent', tuning.cgroupParent],
    ['device_cgroup_rules', (tuning.deviceCgroupRules?.length ?? 0) > 0],
    ['logging of another driver than json-file', !isOwnLog(container.logging?.driver)],
    ...unkeptLogOptions(container).map((option) => [`logging.options.${option}`, true] as const),
    ...(container.securityOpt ?? [])
      .filter((option) => !securityOptions.includes(option))
      .map((option) => [`security_opt ${option}`, true] as const),
  ];
  return [
    ...given
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([key]) => `${key}: LXC cannot do that`),
    ...Object.entries(container.environment)
      .filter(([, value]) => value.includes('\0'))
      .map(([key]) => `the variable ${key} has a zero byte, which no program can be given`),
    ...container.mounts.flatMap((mount) =>
      mount.type === 'bind' && mount.selinux !== undefined
        ? [`${mount.target}: LXC gives no SELinux labels`]
        : [],
    ),
  ];
}

function isOwnLog(driver: string | undefined): boolean {
  return driver === undefined || ['json-file', 'k8s-file', 'local'].includes(driver);
}
