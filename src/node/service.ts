import type { ContainerLine, LogsQuery } from '../api/messages.ts';
import type { NodeService } from '../api/node-service.ts';
import type { SecureServer } from '../api/secure-server.ts';
import { StateFolder } from '../deploy/state-folder.ts';
import { features } from '../features/index.ts';
import { HeddleError } from '../lib/errors.ts';
import { composeLabel, isOneOff, label } from '../lib/labels.ts';
import { version } from '../lib/version.ts';
import type { MeasuringService } from '../measure/net/ends/measuring-service.ts';
import type { MeasuredNetworks } from '../measure/net/remembered.ts';
import { inspectApplication } from '../monitor/inspect/inspect.ts';
import { gather } from '../monitor/metrics/gather.ts';
import { renderMetrics } from '../monitor/metrics/render.ts';
import type { History } from '../state/history.ts';
import type { Records } from '../state/records.ts';
import type { Applications } from './applications.ts';
import type { Budgets } from './budgets.ts';
import { chainsOf, proveNow, statusesNow } from './chains/prove.ts';
import { attachedSpec } from './desired.ts';
import type { EdgeServices } from './edge/edge-services.ts';
import { execIn } from './exec.ts';
import { handlingOf } from './handling.ts';
import { buildImages, imagesOf, transferImages } from './images.ts';
import type { JobKeeper } from './jobs/keeper.ts';
import type { Ranks } from './jobs/ranks.ts';
import { expectServices } from './known-names.ts';
import { mergedLogs } from './logs.ts';
import type { Meter } from './meter.ts';
import type { HostNetworking } from './networking/host-networking.ts';
import { expectLinks } from './networking/site-links.ts';
import { projectsOf } from './project/projects.ts';
import type { Autoscaler } from './scaling/autoscaler.ts';
import type { Journal } from './services/journal.ts';
import { statusOfServices } from './services/status.ts';
import { restart, start, stop } from './services-operation.ts';
import { summariesOf } from './summaries.ts';

/** The parts of a running node that its API offers. */
export interface Parts {
  readonly name: string;
  /** When it started. */
  readonly since: Date;
  readonly journal: Journal;
  readonly applications: Applications;
  readonly history: History;
  readonly meter: Meter;
  readonly budgets: Budgets;
  readonly autoscaler: Autoscaler;
  readonly jobs: JobKeeper;
  readonly ranks: Ranks;
  readonly edge: EdgeServices;
  readonly measuring: MeasuringService;
  /** What was measured of networks, by the node at which their paths ended. */
  readonly measured: Records<MeasuredNetworks>;
  readonly networks: Pick<
    HostNetworking,
    'figures' | 'units' | 'edge' | 'links' | 'bonds' | 'shared' | 'members'
  >;
  readonly stateDir: string;
  /** Where Prometheus finds the node beside the socket. */
  readonly metricsUrl: () => string | null;
  /** What hosts ask over TLS. */
  readonly remote: () => Pick<SecureServer, 'status'> | undefined;
}

/** What the node does, in the words of its API. */
export function serviceOf(parts: Parts): NodeService {
  const {
    name,
    since,
    journal,
    applications,
    history,
    meter,
    budgets,
    autoscaler,
    jobs,
    ranks,
    edge,
    networks,
    stateDir,
    metricsUrl,
    remote,
  } = parts;
  const { engine } = applications;
  const info = () => ({
    name,
    version: version(),
    pid: process.pid,
    engine: { kind: engine.kind, version: engine.version, endpoint: engine.endpoint },
    stateDir,
    metrics: metricsUrl(),
  });
  return {
    info,
    nodeStatus: async () => ({
      ...info(),
      since: since.toISOString(),
      ...(await statusOfServices(networks.units, networks.edge)),
      shared: networks.shared(),
      api: remote()?.status ?? null,
    }),
    nodes: async () => (await networks.members?.list()) ?? [{ name, present: true }],
    removeNode: async (node) => {
      if (networks.members) return networks.members.remove(node);
      throw new HeddleError('ERR_RESOURCE_UNKNOWN', 'this node shares networks with no other');
    },
    bonds: () => networks.bonds.status(),
    links: () => networks.links?.status() ?? [],
    link: (node) => expectLinks(networks.links).linkTo(node),
    rotateLinkKeys: () => expectLinks(networks.links).rotate(),
    measuringOn: async () => parts.measuring,
    nodeLogs: (query, signal) => {
      const asked = query.service === undefined ? [] : [query.service];
      expectServices('the node', asked, ['node', ...networks.units.map((unit) => unit.name)]);
      return journal.read(query, signal);
    },
    metrics: async () => {
      const read = applications.allDesired().map(async ({ spec }) => ({
        project: spec.project,
        series: await gather({
          engine,
          folder: new StateFolder(stateDir, spec.project).path,
          spec,
          overBudget: budgets.overBudget(spec.project),
          chains: await statusesNow(applications, spec),
          scaling: autoscaler.status(spec.project),
          // Its flows are read by who asks for them: that may take a while.
          jobs: await jobs.status(spec.project, false).catch(() => []),
          assignments: history.assignments(spec.project, Date.now() - 120_000),
          features,
        }),
      }));
      const { user, system } = process.cpuUsage();
      return renderMetrics({
        version: version(),
        engine: engine.kind,
        cpu: (user + system) / 1e6,
        memory: process.memoryUsage.rss(),
        networks: await networks.figures(),
        measured: applications.measured(),
        services: networks.units.map((unit) => ({
          name: unit.name,
          isReady: unit.state.phase === 'ready',
          restarts: unit.state.restarts,
        })),
        applications: await Promise.all(read),
      });
    },
    summaries: () => summariesOf(applications),
    status: async (project, services) =>
      (await statusOf(applications, project, services)).map((row) => ({
        ...row,
        note: row.note ?? budgets.noteOf(row.name),
      })),
    chains: (project, during) => chainsOf(applications, project, during),
    scaling: (project) => autoscaler.status(project),
    jobs: (project) => jobs.status(project),
    ranks: (project, service) => ranks.list(project, service),
    onRanks: (project, service, action) => ranks[action](project, service),
    proveChains: (project, names) => proveNow(applications, project, names),
    plan: (request) => applications.plan(request),
    ...projectsOf(applications),
    measured: () => applications.measured(),
    remember: (measured) => parts.measured.put(measured.node ?? '', measured),
    up: (request, report, gone) => applications.up(request, report, gone),
    down: async (project, request, report, gone) => {
      await applications.down(project, request, report, gone);
      if (request.volumes && !applications.desired(project)) history.forget(project);
    },
    stop: (project, request, report, gone) => applications.operate(project, request, report, stop, gone),
    start: (project, request, report, gone) => applications.operate(project, request, report, start, gone),
    restart: (project, request, report, gone) =>
      applications.operate(project, request, report, restart, gone),
    logs: (project, query, signal) => logsOf(applications, project, query, signal),
    ...handlingOf(applications),
    exec: (project, inputs, signal) => execIn(applications, project, inputs, signal),
    images: (project, services) => imagesOf(applications, project, services),
    buildImages: (request, report) => buildImages(applications, request, report),
    pullImages: (request, report) => transferImages(applications, 'pullImage', request, report),
    pushImages: (request, report) => transferImages(applications, 'pushImage', request, report),
    cost: async (project, since) => {
      applications.servicesOf(project, []);
      return meter.cost(project, since);
    },
    inspect: async (project, services) => {
      const spec = attachedSpec(applications.servicesOf(project, services).desired);
      return inspectApplication(engine, spec, services, new StateFolder(stateDir, project).path);
    },
    edgeServices: (signal) => edge.listing(signal),
    followEdgeServices: (signal) => edge.follow(signal),
  };
}

/** The containers of a project, or of some of its services. */
async function statusOf(applications: Applications, project: string, services: readonly string[]) {
  const rows = await applications.status(project);
  if (services.length === 0) return rows;
  const known = applications.desired(project)?.spec.pods.map(({ service }) => service ?? null) ?? [];
  expectServices(project, services, [...known, ...rows.map(({ service }) => service)]);
  return rows.filter(({ service }) => service !== null && services.includes(service));
}

async function* logsOf(
  applications: Applications,
  project: string,
  query: LogsQuery,
  signal: AbortSignal,
): AsyncGenerator<ContainerLine> {
  const { names } = applications.servicesOf(project, query.services);
  const containers = await applications.engine.workloads.containers(project);
  const wanted = containers
    .filter((container) => container.labels[label.role] === 'application')
    .filter((container) => names.includes(container.labels[label.service] ?? ''))
    .filter(({ labels }) => !isOneOff(labels))
    .filter(({ labels }) => query.index === undefined || labels[composeLabel.index] === String(query.index))
    .map((container) => container.name);
  yield* mergedLogs(applications.engine, wanted.sort(), query, signal);
}
