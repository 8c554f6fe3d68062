import { mkdirSync, rmSync } from 'node:fs';
import type { ContainerLine, LogsQuery, NodeService } from '../api/node-service.ts';
import { createServer, listen } from '../api/server.ts';
import { StateFolder } from '../deploy/state-folder.ts';
import { findEngine } from '../engines/find.ts';
import { revivePodmanService, stopPodmanService } from '../engines/podman-service.ts';
import { HeddleError } from '../lib/errors.ts';
import { label } from '../lib/labels.ts';
import type { Log } from '../lib/log.ts';
import type { NodePaths } from '../lib/paths.ts';
import { version } from '../lib/version.ts';
import { readFirewall } from '../monitor/firewall/firewall.ts';
import { readFlows } from '../monitor/flows/flows.ts';
import { readLatency } from '../monitor/latency/latency.ts';
import { readObjects, readSnmp, setObject } from '../monitor/snmp/snmp.ts';
import { openSqliteStore } from '../state/sqlite.ts';
import { Applications } from './applications.ts';
import { HealthChecks } from './health-checks.ts';
import { mergedLogs } from './logs.ts';
import { Reconciler } from './reconciler.ts';
import { secretKey } from './secret-key.ts';

export interface NodeOptions extends NodePaths {
  readonly engine?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

export interface RunningNode {
  stop(): Promise<void>;
}

/**
 * Starts the node of this host: state, engine, reconciling, then the API, in this order.
 * @throws HeddleError ERR_NOT_ROOT, ERR_NODE_RUNNING, ERR_ENGINE_ABSENT, ERR_STATE
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { stateDir, runDir, socket, log } = options;
  if (process.getuid?.() !== 0) throw new HeddleError('ERR_NOT_ROOT', 'the node needs root');
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const store = openSqliteStore(`${stateDir}/state.db`);
  const engine = await findEngine({ engine: options.engine, env: options.env, runDir });
  const health = new HealthChecks(engine);
  const applications = new Applications(engine, store, stateDir, secretKey(stateDir), (containers) =>
    health.see(containers),
  );
  const reconciler = new Reconciler(applications, log, () => revivePodmanService(engine.endpoint, runDir));
  const server = await createServer(serviceOf(applications, options));
  await listen(server, socket);
  reconciler.start();
  log.info(
    { engine: engine.kind, version: engine.version, endpoint: engine.endpoint, socket },
    'the node is ready',
  );
  return {
    stop: async () => {
      reconciler.stop();
      health.stop();
      await server.close();
      store.close();
      if (engine.endpoint === `unix://${runDir}/podman.sock`) stopPodmanService(runDir);
      rmSync(socket, { force: true });
    },
  };
}

function serviceOf(applications: Applications, { stateDir }: NodeOptions): NodeService {
  const { engine } = applications;
  return {
    info: () => ({
      version: version(),
      pid: process.pid,
      engine: { kind: engine.kind, version: engine.version, endpoint: engine.endpoint },
      stateDir,
    }),
    summaries: () => applications.summaries(),
    status: (project) => applications.status(project),
    plan: (spec, build) => applications.plan(spec, build),
    up: (spec, build, report) => applications.up(spec, build, report),
    down: (project, volumes, report) => applications.down(project, volumes, report),
    stop: (project, services, report) => applications.stop(project, services, report),
    start: (project, services, report) => applications.start(project, services, report),
    restart: (project, services, report) => applications.restart(project, services, report),
    logs: (project, query, signal) => logsOf(applications, project, query, signal),
    firewall: async (project, services, since) => {
      const { desired, names } = applications.servicesOf(project, services);
      return readFirewall(engine, desired.spec, services.length > 0 ? names : [], since);
    },
    flows: async (project, query) =>
      readFlows(engine, applications.servicesOf(project, []).desired.spec, query),
    latency: async (project, query) => {
      const ends = [query.from, query.to].filter((end) => end !== undefined);
      const { spec } = applications.servicesOf(project, ends).desired;
      return readLatency(new StateFolder(stateDir, project).path, spec, query);
    },
    snmp: async (project, view, services) =>
      readSnmp(engine, applications.servicesOf(project, services).desired.spec, view, services),
    snmpObjects: async (project, query) =>
      readObjects(engine, applications.servicesOf(project, [query.service]).desired.spec, query),
    snmpSet: async (project, change) =>
      setObject(engine, applications.servicesOf(project, [change.service]).desired.spec, change),
  };
}

async function* logsOf(
  applications: Applications,
  project: string,
  query: LogsQuery,
  signal: AbortSignal,
): AsyncGenerator<ContainerLine> {
  const { names } = applications.servicesOf(project, query.services);
  const { containers } = await applications.engine.observe(project);
  const wanted = containers
    .filter((container) => container.labels[label.role] === 'application')
    .filter((container) => names.includes(container.labels[label.service] ?? ''))
    .map((container) => container.name);
  yield* mergedLogs(applications.engine, wanted.sort(), query, signal);
}
