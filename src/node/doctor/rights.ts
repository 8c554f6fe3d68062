import { existsSync, readFileSync } from 'node:fs';
import { isInstalled } from '../../lib/exec.ts';
import { parseStatus } from '../../monitor/inspect/status.ts';
import { error, type Finding, ok, type Surroundings, warning } from './finding.ts';

/** What the node needs of its own process: namespaces, interfaces, and to look into other processes. */
const needed = ['SYS_ADMIN', 'NET_ADMIN', 'SYS_PTRACE', 'DAC_OVERRIDE'];

export function checkRights({ root }: Surroundings): Finding[] {
  const check = 'rights';
  if (!root) {
    return [
      error(
        check,
        'this is not root: the node does not start, and parts of this report are missing',
        'run it with sudo',
      ),
    ];
  }
  return [judgeRights(parseStatus(readFileSync('/proc/self/status', 'utf8')).permitted)];
}

export function judgeRights(permitted: readonly string[]): Finding {
  const missing = needed.filter((name) => !permitted.includes(name));
  if (missing.length === 0) return ok('rights', 'root, with every right that the node needs');
  return error(
    'rights',
    `root, but without ${missing.join(', ')}: containers and networks cannot be made`,
    'run Heddle on the host, not in a container without these capabilities',
  );
}

/** Programs of the host that the node runs, and Debian's package of each. */
const programs = { ip: 'iproute2', nsenter: 'util-linux' } as const;

export async function checkPrograms(): Promise<Finding[]> {
  const names = Object.entries(programs);
  const there = await Promise.all(names.map(([program]) => isInstalled(program)));
  const missing = names.filter((_, index) => !there[index]);
  if (missing.length === 0)
    return [ok('programs', `${names.map(([program]) => program).join(' and ')} are installed`)];
  return missing.map(([program, pkg]) =>
    error('programs', `${program} is missing: no agent can be connected`, `apt-get install ${pkg}`),
  );
}

export function checkCgroups(): Finding[] {
  const root = '/sys/fs/cgroup';
  if (existsSync(`${root}/cgroup.controllers`)) {
    return [judgeCgroups('v2', readFileSync(`${root}/cgroup.controllers`, 'utf8').trim().split(' '))];
  }
  const controllers = ['cpu', 'memory', 'pids'].filter((name) => existsSync(`${root}/${name}`));
  return [judgeCgroups(existsSync(`${root}/unified`) ? 'v1 and v2 mixed' : 'v1', controllers)];
}

export function judgeCgroups(
  version: 'v1' | 'v2' | 'v1 and v2 mixed',
  controllers: readonly string[],
): Finding {
  const missing = ['cpu', 'memory', 'pids'].filter((name) => !controllers.includes(name));
  if (missing.length > 0) {
    return warning(
      'cgroups',
      `without the controllers ${missing.join(', ')}: limits of agents and services do not hold, and their cost is not known`,
      'enable them on the kernel’s command line (cgroup_enable=memory)',
    );
  }
  if (version === 'v2') return ok('cgroups', 'v2, with cpu, memory and pids');
  return warning(
    'cgroups',
    `${version}: works, but not with crun`,
    'let Podman use runc (runtime="runc" in containers.conf), or boot with systemd.unified_cgroup_hierarchy=1',
  );
}
