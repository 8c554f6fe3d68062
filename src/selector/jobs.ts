import type { Application, Service } from '../descriptor/application.ts';
import type { Descriptor } from '../descriptor/index.ts';
import type { Job } from '../descriptor/job.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { siteOfReplica } from './places.ts';
import type { JobSpec, MountSpec } from './spec.ts';

// Services whose replicas are the ranks of a job: what is said to each, and what cannot be. Pure.

/** Where a rank says how far it is. */
const progressFolder = '/run/heddle/job';

export function jobSpecs(application: Application): JobSpec[] {
  return Object.values(application.services).flatMap((service) => {
    const { name, job } = service;
    if (!job) return [];
    const { workers, retries, progressDeadline } = job;
    const key = networkOf(service, job);
    return [
      {
        service: name,
        workers,
        retries,
        ...(key !== undefined && { network: application.networks[key]?.name ?? key }),
        ...(progressDeadline !== undefined && { progressDeadline }),
      },
    ];
  });
}

/** How many replicas a service has, before anybody says otherwise. */
export function replicasOf({ job, replicas }: Service): number {
  return job?.workers ?? replicas;
}

/** By what name the first rank is found, on the job’s network alone. */
export function rendezvousName({ name }: Pick<Service, 'name'>): string {
  return `${name}-rank-0`;
}

/** The network, by its key, on which ranks exchange data. */
export function networkOf({ networks }: Pick<Service, 'networks'>, job: Job): string | undefined {
  return job.network ?? byPriority(networks)[0];
}

/** Keys of a service’s networks, in the order of its interfaces. */
export function byPriority(networks: Service['networks']): string[] {
  return Object.entries(networks)
    .sort(([, a], [, b]) => b.priority - a.priority)
    .map(([key]) => key);
}

/**
 * What a rank is told. The words are those of torchrun(1), and of gloo and NCCL for the interface, which would take the one that the
 * host’s name leads to: the loopback (https://github.com/pytorch/pytorch/issues/31940).
 */
export function rankEnvironment(service: Service, index: number): Readonly<Record<string, string>> {
  const { job } = service;
  if (!job) return {};
  const rank = index - 1;
  const siteAt = (one: number) => siteOfReplica(service, one, job.workers);
  const beside = Array.from({ length: job.workers }, (_, i) => i + 1).filter(
    (one) => siteAt(one) === siteAt(index),
  );
  const sites = service.places ?? [];
  const common = {
    RANK: String(rank),
    WORLD_SIZE: String(job.workers),
    MASTER_ADDR: isOnHost(service) ? '127.0.0.1' : rendezvousName(service),
    MASTER_PORT: String(job.port),
    HEDDLE_JOB_PROGRESS: `${progressFolder}/progress.json`,
    ...(job.checkpoint !== undefined && { HEDDLE_JOB_CHECKPOINT: job.checkpoint }),
  };
  if (job.rendezvous === 'env') return common;
  const key = networkOf(service, job);
  const name = isOnHost(service)
    ? 'lo'
    : `eth${Math.max(0, byPriority(service.networks).indexOf(key ?? ''))}`;
  return {
    ...common,
    LOCAL_RANK: String(beside.indexOf(index)),
    LOCAL_WORLD_SIZE: String(beside.length),
    GROUP_RANK: String(Math.max(0, sites.indexOf(siteAt(index) ?? ''))),
    // One context an entry, which the library takes in turn (https://github.com/pytorch/pytorch/issues/22978).
    GLOO_SOCKET_IFNAME: Array.from({ length: job.connections }, () => name).join(','),
    NCCL_SOCKET_IFNAME: name,
    TP_SOCKET_IFNAME: name,
  };
}

/** Where a rank says how far it is, in the application’s folder on the host. */
export function rankFolder(pod: string): string {
  return `jobs/${pod}`;
}

/** For anybody in the container, whoever its program runs as. */
export function progressMount(pod: string): MountSpec {
  return { type: 'state', source: rankFolder(pod), target: progressFolder, readOnly: false, anybody: true };
}

interface Conflict {
  /** Below the service. */
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What cannot be of services that are jobs. `scale`: replicas by service, over the file’s. */
export function jobConflicts(
  { application: { services }, at }: Descriptor,
  scale: Readonly<Record<string, number>>,
): Diagnostic[] {
  return Object.values(services).flatMap((service) => {
    const { name, job } = service;
    const asked = Object.hasOwn(scale, name) ? scale[name] : undefined;
    return [
      ...dependencyConflicts(service, services),
      ...(job
        ? [
            ...numberConflicts(service, job, asked),
            ...lifeConflicts(service),
            ...networkConflicts(service, job),
            ...environmentConflicts(service),
            ...checkpointConflicts(service, job),
          ]
        : []),
    ].map(({ path, message, hint }): Diagnostic => {
      const where = ['services', name, ...path];
      return {
        severity: 'error',
        code: 'ERR_COMPOSE_CONFLICT',
        message: `${where.join('.')}: ${message}`,
        at: at(where),
        hint,
      };
    });
  });
}

/** `up` is not over before what it waits for is, and nothing is done about ranks that fail while it is under way. */
function dependencyConflicts({ dependsOn }: Service, services: Application['services']): Conflict[] {
  return Object.entries(dependsOn).flatMap(([name, { condition }]) => {
    if (condition !== 'service_completed_successfully' || !services[name]?.job) return [];
    return [
      {
        path: ['depends_on', name, 'condition'],
        message: `${name} is a job, whose end \`up\` does not wait for`,
        hint: `wait for it by hand: heddle wait ${name}`,
      },
    ];
  });
}

function numberConflicts(
  { replicas, scaling }: Service,
  { workers }: Job,
  asked: number | undefined,
): Conflict[] {
  const conflicts: Conflict[] = [];
  const path = ['x-heddle', 'job', 'workers'];
  const hint = 'change `workers`: each rank is told how many there are';
  if (asked !== undefined && asked !== workers)
    conflicts.push({ path, message: `a job of ${workers} ranks cannot have ${asked} replicas`, hint });
  if (replicas !== 1 && replicas !== workers)
    conflicts.push({
      path,
      message: `a job of ${workers} ranks cannot have ${replicas} replicas, as \`scale\` or \`deploy\` says`,
      hint,
    });
  if (scaling)
    conflicts.push({
      path: ['x-heddle', 'scale'],
      message: 'the ranks of a job are as many as it says',
      hint,
    });
  return conflicts;
}

function lifeConflicts({ restart, function: fn }: Service): Conflict[] {
  const conflicts: Conflict[] = [];
  if (restart.condition !== 'no')
    conflicts.push({
      path: ['restart'],
      message: 'a rank is not started again alone, but with all of its job',
      hint: 'remove it: `x-heddle.job.retries` says how often',
    });
  if (fn) conflicts.push({ path: ['x-heddle', 'function'], message: 'a network function is no job' });
  return conflicts;
}

/** Ranks on the host’s own network are all on that host. */
function isOnHost({ networkMode }: Pick<Service, 'networkMode'>): boolean {
  return networkMode === 'host';
}

function networkConflicts(service: Service, { network }: Job): Conflict[] {
  const { networks, networkMode } = service;
  const keys = Object.keys(networks);
  if (isOnHost(service)) return placeConflicts(service);
  if (keys.length === 0)
    return [
      {
        path: networkMode === 'bridge' ? ['x-heddle', 'job'] : ['network_mode'],
        message: 'ranks find each other on a network of the application, and the service is on none',
        hint: 'give it `networks`',
      },
    ];
  if (network === undefined || keys.includes(network)) return [];
  const path = ['x-heddle', 'job', 'network'];
  return [
    {
      path,
      message: `the service is not on the network ${JSON.stringify(network)}`,
      hint: didYouMean(network, keys),
    },
  ];
}

function placeConflicts({ places = [] }: Service): Conflict[] {
  if (new Set(places).size < 2) return [];
  return [
    {
      path: ['x-heddle', 'place'],
      message:
        'ranks of several hosts find each other on a network of the application, and the service is on the host’s own',
      hint: 'give it a network of `overlay` or `routed`',
    },
  ];
}

function environmentConflicts(service: Service): Conflict[] {
  const own = Object.keys(rankEnvironment(service, 1)).filter((variable) => !variable.endsWith('_IFNAME'));
  return own
    .filter((variable) => Object.hasOwn(service.environment, variable))
    .map((variable) => ({
      path: ['environment', variable],
      message: 'the job says it, to each rank its own',
      hint: 'remove it',
    }));
}

/** What stands nowhere but in the container is gone with it. */
function checkpointConflicts({ mounts }: Service, { checkpoint }: Job): Conflict[] {
  if (checkpoint === undefined) return [];
  const isKept = mounts.some(
    ({ type, target }) =>
      type !== 'tmpfs' && (checkpoint === target || checkpoint.startsWith(`${target.replace(/\/$/, '')}/`)),
  );
  if (isKept) return [];
  return [
    {
      path: ['x-heddle', 'job', 'checkpoint'],
      message: `${checkpoint} is on no volume and in no folder of the host: what is there goes with the container`,
      hint: `write volumes: [checkpoints:${checkpoint}]`,
    },
  ];
}
