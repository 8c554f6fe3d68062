import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MetricsServer, metricsAddress } from '../api/metrics-server.ts';
import { routes } from '../api/routes/index.ts';
import { networkRoutes, switchRoutes } from '../api/routes/networks.ts';
import { createServer, group, listen } from '../api/server.ts';
import { doorRoutes, doorsOf } from '../doors/doors.ts';
import { DockerListener } from '../doors/libnetwork/listener.ts';
import { findEngine, hasLxc } from '../engines/find.ts';
import { revivePodmanService, stopPodmanService } from '../engines/podman-service.ts';
import { featureRoutes } from '../features/index.ts';
import { endAll } from '../lib/end-all.ts';
import { HeddleError, toHeddleError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { NodePaths } from '../lib/paths.ts';
import { ServedEnds } from '../measure/net/ends/served-ends.ts';
import { measuredRecord } from '../measure/net/remembered.ts';
import { failureOf } from '../networks/path/proof/proof.ts';
import { Proofs } from '../networks/path/proof/proofs.ts';
import { History } from '../state/history.ts';
import { Records } from '../state/records.ts';
import { openSqliteStore } from '../state/sqlite.ts';
import { Applications } from './applications.ts';
import { Budgets } from './budgets.ts';
import { functionEnded } from './chains/function-ended.ts';
import { desiredRecord } from './desired.ts';
import { EdgeServices } from './edge/edge-services.ts';
import { featureHost } from './feature-host.ts';
import { HealthChecks } from './health-checks.ts';
import { exchangedBytes } from './jobs/exchanged.ts';
import { RankGroup } from './jobs/group.ts';
import { JobJournal } from './jobs/journal.ts';
import { JobKeeper } from './jobs/keeper.ts';
import { Ranks } from './jobs/ranks.ts';
import { Meter } from './meter.ts';
import { openNetworking } from './networking/host-networking.ts';
import { onThisNode } from './networking/on-this-node.ts';
import { remoteApi } from './networking/remote-api.ts';
import { nodeNameOf } from './networking/sharing.ts';
import { withNetworking } from './networking/with-networking.ts';
import { Reconciler } from './reconciler.ts';
import { Autoscaler } from './scaling/autoscaler.ts';
import { StepLog, stepRecord } from './scaling/step-log.ts';
import { secretKey } from './secret-key.ts';
import { serviceOf } from './service.ts';
import type { Journal } from './services/journal.ts';
import type { NodeSettings } from './settings/settings.ts';
import { farApplication } from './spread/far-application.ts';
import { openSpread } from './spread/open.ts';
import { Peers } from './spread/peers.ts';
import { refuseEmptied } from './state-check.ts';
import { linkUsual } from './usual-socket.ts';

export interface NodeOptions extends NodePaths {
  readonly engine?: string | undefined;
  /** Address of the loopback for Prometheus, or `off`. */
  readonly metrics: string;
  readonly settings: NodeSettings;
  /** Where Docker finds it as a plugin, if it is to be one. */
  readonly dockerPlugin?: string | undefined;
  /** The file that these were read from, if one was named. */
  readonly config?: string | undefined;
  readonly journal: Journal;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

export interface RunningNode {
  stop(): Promise<void>;
}

/** Milliseconds that networking services may take to start before the API answers. */
const servicesTime = 5000;

/**
 * Starts the node of this host: state, engine, reconciling, then the API, in this order.
 * @throws HeddleError ERR_NOT_ROOT, ERR_NODE_RUNNING, ERR_ENGINE_ABSENT, ERR_STATE
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { stateDir, runDir, socket, settings, journal, log } = options;
  if (process.getuid?.() !== 0) throw new HeddleError('ERR_NOT_ROOT', 'the node needs root');
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  refuseEmptied(stateDir);
  const store = openSqliteStore(`${stateDir}/state.db`);
  const records = new Records(store, 'applications/', desiredRecord);
  for (const [project, { code, message }] of records.refused) {
    log.error({ project, code }, `${message}; the project is left alone, run \`heddle up\` with its file`);
  }
  const found = await findEngine({ engine: options.engine, env: options.env, runDir, stateDir });
  if (found.kind !== 'lxc' && hasLxc(stateDir))
    log.warn(
      { engine: found.kind, folder: `${stateDir}/lxc` },
      'there are containers or volumes of LXC’s, which nobody looks after: a node with `--engine lxc` does',
    );
  const history = new History(`${stateDir}/history.db`);
  if (history.aside) {
    log.warn({ code: history.aside.code }, `${history.aside.message}; it was put aside, and a new one begun`);
  }
  const address = metricsAddress(options.metrics);
  const key = secretKey(stateDir);
  // From here on something of the node works that has to be stopped when it cannot begin.
  const networks = await openNetworking({
    stateDir,
    sockets: `${runDir}/services`,
    settings,
    config: options.config,
    engine: found.kind,
    env: options.env,
    journal,
    log,
  });
  const name = nodeNameOf(settings);
  const networking = onThisNode(networks.networking, name);
  const engine = withNetworking(found, networking);
  const proofs = new Proofs({
    warn: (project, error) => log.warn({ project, error }, 'a probe could not be sent'),
    broken: (proof, project) => {
      log.error(
        { project, chain: proof.chain, pod: proof.pod, error: failureOf(proof) },
        'a chain is broken',
      );
      reconciler.look(project);
    },
    ended: (project, fn) => {
      void functionEnded(applications, log, project, fn).finally(() => reconciler.look(project));
    },
  });
  const { members, state } = networks;
  const peers = members && new Peers(name, settings.api, () => members.list());
  const far = farApplication(networks.networking, peers);
  const measured = new Records(store, 'measured/', measuredRecord);
  const applications = new Applications(engine, networking, records, stateDir, key, proofs, far, measured);
  const edge = new EdgeServices(applications, log);
  const budgets = new Budgets(applications, history, log);
  const steps = new StepLog(new Records(store, 'scaling/', stepRecord));
  const autoscaler = new Autoscaler(applications, steps, log);
  const host = featureHost(applications, history, stateDir);
  const ranks = new Ranks(applications, stateDir);
  const jobs = new JobKeeper({
    applications,
    journal: new JobJournal(stateDir, (project, service, { code, message }) =>
      log.error({ project, service, code }, `${message}; it was put aside, and a new one begun`),
    ),
    groupOf: (spec, service) => new RankGroup(spec, service, ranks, peers),
    exchanged: (...asked) => exchangedBytes(host, ...asked),
    log,
  });
  const meter = new Meter(history, log, (project, now) => void budgets.check(project, now));
  const health = new HealthChecks(engine);
  const reconciler = new Reconciler(applications, log, {
    onEvent: (project, event) => edge.onEvent(project, event),
    revive: () => revivePodmanService(engine.endpoint, runDir),
  });
  applications.subscribe({ seen: (_project, containers) => health.see(containers) });
  applications.subscribe({ seen: (project, containers) => meter.see(project, containers) });
  applications.subscribe({
    seen: (project, containers) => edge.see(project, containers),
    wanted: (project) => edge.wanted(project),
  });
  applications.subscribe({ wanted: (project) => autoscaler.wanted(project) });
  applications.subscribe({ wanted: (project) => jobs.wanted(project) });
  applications.subscribe({
    hooked: (project, outcome) =>
      outcome.failure === undefined
        ? log.info({ project, ...outcome }, 'called a hook of a function')
        : log.error({ project, ...outcome }, 'a hook of a function failed'),
  });
  const metrics = new MetricsServer(log);
  const metricsUrl = () => metrics.url;
  const measuring = new ServedEnds(name, networking);
  const own = serviceOf({
    name,
    networks,
    journal,
    since: new Date(),
    applications,
    history,
    meter,
    budgets,
    autoscaler,
    jobs,
    ranks,
    edge,
    measuring,
    measured,
    stateDir,
    metricsUrl,
    remote: () => remote,
  });
  const remote = remoteApi(settings.api, networks, own, log);
  const several =
    peers &&
    state &&
    openSpread({
      own,
      applications,
      peers,
      far,
      look: (project) => reconciler.look(project),
      state,
      store,
      log,
    });
  const front = several?.front ?? own;
  const server = createServer(
    group(routes, front),
    group(networkRoutes, networks),
    group(switchRoutes, networks),
    group(featureRoutes, host),
    group(doorRoutes, doorsOf(networks.networking, name)),
  );
  // Who asks finds the services there; one that takes long keeps nobody waiting.
  const starting = networks.start().catch((cause) => {
    const { code, message } = toHeddleError(cause);
    log.error({ code }, `the networking services did not all start: ${message}`);
  });
  await Promise.race([starting, sleep(servicesTime, undefined, { ref: false })]);
  try {
    await listen(server, socket);
    if (address) await metrics.start(address, own);
    await remote?.start();
  } catch (error) {
    await Promise.allSettled([server.close(), metrics.stop(), remote?.stop(), networks.stop()]);
    throw error;
  }
  const usual = socket === settings.socket ? linkUsual(socket, runDir) : undefined;
  const { dockerPlugin } = options;
  const listener = dockerPlugin === undefined ? undefined : new DockerListener(dockerPlugin, socket);
  // Applications have no need of it.
  await listener?.start().catch(({ code, message }) => log.error({ code, socket: dockerPlugin }, message));
  reconciler.start();
  edge.start();
  several?.start();
  meter.start();
  autoscaler.start();
  jobs.start();
  log.info(
    {
      engine: engine.kind,
      ...(engine.endpoint !== '' && { version: engine.version, endpoint: engine.endpoint }),
      socket,
    },
    'the node is ready',
  );
  return {
    stop: () => {
      log.info({}, 'the node stops');
      return endAll([
        { what: 'the reconciler', end: () => reconciler.stop() },
        { what: 'applications on several nodes', end: () => several?.stop() },
        { what: 'services at edges', end: () => edge.stop() },
        { what: 'health checks', end: () => health.stop() },
        { what: 'the autoscaler', end: () => autoscaler.stop() },
        { what: 'jobs', end: () => jobs.stop() },
        { what: 'the meter', end: () => meter.stop() },
        { what: 'proofs', end: () => proofs.stop() },
        { what: 'the API', end: () => server.close() },
        { what: 'the metrics', end: () => metrics.stop() },
        { what: 'ends of measured paths', end: () => measuring.stop() },
        { what: 'the API for other hosts', end: () => remote?.stop() },
        { what: 'the plugin of Docker', end: () => listener?.stop() },
        { what: 'networks', end: () => networks.stop() },
        { what: 'the state', end: () => store.close() },
        { what: 'the history', end: () => history.close() },
        {
          what: 'the service of Podman',
          end: () => engine.endpoint === `unix://${runDir}/podman.sock` && stopPodmanService(runDir),
        },
        { what: 'the socket', end: () => rmSync(socket, { force: true }) },
        { what: 'the usual socket', end: () => usual?.remove() },
      ]);
    },
  };
}
