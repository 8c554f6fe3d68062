import { MAX_REPLICAS } from '../allowance.ts';
import type { RestartPolicy } from '../application.ts';
import type { Resources } from '../resources.ts';
import { keyAt, label, type ServiceJob } from './context.ts';
import { present } from './present.ts';

/** Linux's period when none is given, in microseconds. */
const DEFAULT_CPU_PERIOD = 100_000;

/** Limits have two homes in Compose; both may be used if they agree. */
export function toResources(job: ServiceJob): Resources {
  const c = job.compose;
  const limits = c.deploy?.resources?.limits;
  const reservations = c.deploy?.resources?.reservations;
  const quota = c.cpu_quota !== undefined && c.cpu_quota > 0 ? c.cpu_quota : undefined;
  const cpus = c.cpus ?? (quota === undefined ? undefined : quota / (c.cpu_period || DEFAULT_CPU_PERIOD));
  const deployed = ['deploy', 'resources', 'limits'];
  const reserved = ['deploy', 'resources', 'reservations', 'memory'];
  return {
    limits: present({
      cpus: positive(agreed(job, 'cpus', cpus, [...deployed, 'cpus'], limits?.cpus)),
      memory: positive(agreed(job, 'mem_limit', c.mem_limit, [...deployed, 'memory'], limits?.memory)),
      pids: positive(agreed(job, 'pids_limit', c.pids_limit, [...deployed, 'pids'], limits?.pids)),
    }),
    reservations: present({
      cpus: positive(reservations?.cpus),
      memory: positive(agreed(job, 'mem_reservation', c.mem_reservation, reserved, reservations?.memory)),
    }),
    ...tuned(c),
  };
}

function tuned(c: ServiceJob['compose']): Pick<Resources, 'tuning'> {
  const tuning = present({
    cpuShares: c.cpu_shares,
    cpuset: c.cpuset,
    memorySwap: c.memswap_limit,
    swappiness: c.mem_swappiness,
    oomKillDisable: c.oom_kill_disable,
    oomScoreAdj: c.oom_score_adj,
    cgroupParent: c.cgroup_parent,
    deviceCgroupRules: c.device_cgroup_rules ?? undefined,
  });
  return Object.keys(tuning).length === 0 ? {} : { tuning };
}

/** Zero and −1 mean "no limit" to the engines. */
function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

export function toReplicas(job: ServiceJob): number {
  const { scale, deploy } = job.compose;
  const mode = deploy?.mode ?? 'replicated';
  if (mode.endsWith('-job')) {
    const message = `${label(job, ['deploy', 'mode'])}: "${mode}" is not carried out; the service is run like any other`;
    job.assembly.shop.findings.warn('WARN_COMPOSE_IGNORED', message, keyAt(job, ['deploy', 'mode']));
  }
  // One on each machine, and there is one machine.
  if (mode.startsWith('global')) return 1;
  const written = agreed(job, 'scale', scale, ['deploy', 'replicas'], deploy?.replicas);
  const replicas = written ?? job.compose['x-heddle']?.scale?.min ?? 1;
  if (replicas <= MAX_REPLICAS) return replicas;
  const path = scale === undefined ? ['deploy', 'replicas'] : ['scale'];
  const message = `${label(job, path)}: a service has at most ${MAX_REPLICAS} replicas`;
  job.assembly.shop.findings.error('ERR_COMPOSE_LIMIT', message, keyAt(job, path));
  return 1;
}

function agreed(
  job: ServiceJob,
  key: string,
  value: number | undefined,
  otherKey: readonly string[],
  other: number | undefined,
): number | undefined {
  if (value !== undefined && other !== undefined && value !== other) {
    const message = `${label(job, [key])}: "${key}" and "${otherKey.join('.')}" differ`;
    job.assembly.shop.findings.error('ERR_COMPOSE_CONFLICT', message, keyAt(job, [key]), 'keep one of them');
  }
  return value ?? other;
}

export function toRestart({ compose }: ServiceJob): RestartPolicy {
  const [condition, attempts] = (compose.restart ?? '').split(':');
  if (condition === 'on-failure') {
    return present({
      condition: 'on-failure' as const,
      maxAttempts: attempts ? Number(attempts) : undefined,
    });
  }
  if (condition === 'no' || condition === 'always' || condition === 'unless-stopped') return { condition };
  const policy = compose.deploy?.restart_policy;
  if (!policy || policy.condition === 'none') return { condition: 'no' };
  if (policy.condition !== 'on-failure') return { condition: 'always' };
  return present({ condition: policy.condition, maxAttempts: policy.max_attempts });
}
