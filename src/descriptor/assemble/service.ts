import type { FeatureRequest, Healthcheck, Service } from '../application.ts';
import type { ComposeService } from '../schema/service.ts';
import { toAttachments, toNetworkMode, toPorts } from './attachments.ts';
import { toBuild } from './build.ts';
import { toFunction } from './chains.ts';
import { isWritten, keyAt, label, type ServiceJob } from './context.ts';
import { toFileMounts } from './file-mounts.ts';
import { toHooks } from './hooks.ts';
import { toJob } from './job.ts';
import { toMounts } from './mounts.ts';
import { present, textMap } from './present.ts';
import { toPublication } from './publication.ts';
import { toReplicas, toResources, toRestart } from './resources-of-service.ts';
import { toScaling } from './scaling.ts';
import { toVolumesFrom } from './volumes-from.ts';
import { toWatch } from './watch.ts';

const DEFAULT_STOP_GRACE = 10_000;

/** A checked Compose service as the rest of Heddle sees it. */
export function toService(job: ServiceJob): Service {
  const { name, compose: c } = job;
  requireImage(job);
  const networkMode = toNetworkMode(job);
  return present({
    name,
    image: c.image,
    build: c.build ? toBuild(job, c.build) : undefined,
    pullPolicy: toPullPolicy(job),
    platform: c.platform,
    command: c.command ?? undefined,
    entrypoint: c.entrypoint ?? undefined,
    environment: textMap(c.environment),
    labels: textMap(c.labels),
    annotations: textMap(c.annotations),
    containerName: c.container_name,
    replicas: toReplicas(job),
    restart: toRestart(job),
    dependsOn: toDependencies(job),
    healthcheck: toHealthcheck(job),
    networkMode,
    networks: networkMode === 'bridge' ? toAttachments(job) : {},
    ports: toPorts(job),
    expose: c.expose ?? [],
    mounts: toMounts(job),
    files: toFileMounts(job),
    ...namesAndAddresses(c),
    ...rights(c),
    hooks: toHooks(job),
    watch: toWatch(job),
    volumesFrom: toVolumesFrom(job),
    uts: c.uts === 'host' ? ('host' as const) : undefined,
    workingDir: c.working_dir,
    tty: c.tty ?? false,
    stdinOpen: c.stdin_open ?? false,
    init: c.init ?? false,
    shmSize: c.shm_size,
    stopSignal: c.stop_signal,
    stopGracePeriod: c.stop_grace_period ?? DEFAULT_STOP_GRACE,
    resources: toResources(job),
    logging: c.logging
      ? present({ driver: c.logging.driver, options: textMap(c.logging.options) })
      : undefined,
    manage: (c['x-heddle']?.manage ?? {}) as Record<string, FeatureRequest>,
    edge: toPublication(job),
    function: toFunction(job),
    scaling: toScaling(job),
    job: toJob(job),
    places: placesOf(c['x-heddle']?.place),
    outputsOf: c['x-heddle']?.outputsOf,
  });
}

function namesAndAddresses(c: ComposeService) {
  return {
    hostname: c.hostname,
    domainname: c.domainname,
    extraHosts: (c.extra_hosts ?? []).map((line) => {
      const cut = line.indexOf('=');
      return { host: line.slice(0, cut), address: line.slice(cut + 1) };
    }),
    dns: c.dns ?? [],
    dnsSearch: c.dns_search ?? [],
    dnsOptions: c.dns_opt ?? [],
  };
}

function rights(c: ComposeService) {
  return {
    sysctls: textMap(c.sysctls),
    user: c.user,
    groupAdd: c.group_add ?? [],
    privileged: c.privileged ?? false,
    readOnly: c.read_only ?? false,
    capAdd: c.cap_add ?? [],
    capDrop: c.cap_drop ?? [],
    securityOpt: c.security_opt ?? [],
    devices: (c.devices ?? []).map((device) => ({
      host: device.source,
      container: device.target ?? device.source,
      permissions: device.permissions ?? 'rwm',
    })),
    ulimits: c.ulimits ?? {},
    pid: c.pid,
    ipc: c.ipc,
  };
}

function requireImage(job: ServiceJob): void {
  if (['image', 'build', 'provider'].some((key) => isWritten(job, key))) return;
  const message = `${label(job, [])}: there is neither "image" nor "build"`;
  job.assembly.shop.findings.error('ERR_COMPOSE_TYPE', message, keyAt(job, []));
}

function toPullPolicy(job: ServiceJob): Service['pullPolicy'] {
  const policy = job.compose.pull_policy;
  if (policy === undefined) return undefined;
  if (policy === 'if_not_present' || policy === 'missing') return 'missing';
  if (policy === 'always' || policy === 'never' || policy === 'build') return policy;
  const message = `${label(job, ['pull_policy'])}: "${policy}" is not carried out; "missing" takes its place`;
  job.assembly.shop.findings.warn('WARN_COMPOSE_IGNORED', message, keyAt(job, ['pull_policy']));
  return 'missing';
}

function toDependencies({ compose }: ServiceJob): Service['dependsOn'] {
  const entries = Object.entries(compose.depends_on ?? {}).map(([name, dependency]) => [
    name,
    {
      condition: dependency.condition,
      restart: dependency.restart ?? false,
      required: dependency.required ?? true,
    },
  ]);
  return Object.fromEntries(entries) as Service['dependsOn'];
}

function toHealthcheck(job: ServiceJob): Service['healthcheck'] {
  const written = job.compose.healthcheck;
  if (!written) return undefined;
  if (written.disable || written.test?.[0] === 'NONE') return 'disabled';
  if (written.test && !['CMD', 'CMD-SHELL'].includes(written.test[0] ?? '')) {
    job.assembly.shop.findings.error(
      'ERR_COMPOSE_TYPE',
      `${label(job, ['healthcheck', 'test'])}: the first item of the list is CMD, CMD-SHELL or NONE`,
      keyAt(job, ['healthcheck', 'test']),
      'or write the test as one line of shell',
    );
  }
  return present({
    test: written.test,
    interval: written.interval,
    timeout: written.timeout,
    startPeriod: written.start_period,
    startInterval: written.start_interval,
    retries: written.retries,
  }) satisfies Healthcheck;
}

function placesOf(written: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof written === 'string' ? [written] : written;
}
