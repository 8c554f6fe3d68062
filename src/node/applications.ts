import PQueue from 'p-queue';
import type { ApplicationSummary, ContainerStatus, OperationEvent } from '../api/messages.ts';
import type { DeployContext } from '../deploy/context.ts';
import { observe } from '../deploy/observe.ts';
import { downPlan } from '../deploy/plan/down.ts';
import { plan } from '../deploy/plan/plan.ts';
import type { PlanOptions } from '../deploy/plan/planning.ts';
import { restartPlan, startPlan, stopPlan } from '../deploy/plan/services.ts';
import { runPlan } from '../deploy/run.ts';
import { StateFolder } from '../deploy/state-folder.ts';
import type { Plan } from '../deploy/step.ts';
import type { Engine, ObservedContainer } from '../engines/engine.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { HeddleError } from '../lib/errors.ts';
import { keyedHash } from '../lib/hash.ts';
import { ManagementBridge } from '../networks/management/bridge.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { Store } from '../state/store.ts';
import { containerStatus } from './status.ts';

/** What is wanted of one application. */
export interface Desired {
  readonly spec: DeploymentSpec;
  /** Services that were stopped on purpose. */
  readonly stopped: readonly string[];
  /** Whether it has been so once. Until then only what exists is healed, and `up` has the rest to do. */
  readonly settled: boolean;
}

export type Report = (event: OperationEvent) => void;

/** The applications of this host: what is wanted of each, and the operations that make it so, one at a time each. */
export class Applications {
  readonly engine: Engine;
  readonly #store: Store;
  readonly #stateDir: string;
  readonly #key: string;
  readonly #seen: (containers: readonly ObservedContainer[]) => void;
  readonly #queues = new Map<string, PQueue>();

  /** `seen` is shown a project's containers whenever they were looked at. */
  constructor(
    engine: Engine,
    store: Store,
    stateDir: string,
    key: string,
    seen: (containers: readonly ObservedContainer[]) => void,
  ) {
    this.#seen = seen;
    this.engine = engine;
    this.#store = store;
    this.#stateDir = stateDir;
    this.#key = key;
  }

  desired(project: string): Desired | undefined {
    return this.#store.get<Desired>(`applications/${project}`);
  }

  allDesired(): Desired[] {
    return this.#store.list<Desired>('applications/').map(({ value }) => value);
  }

  async summaries(): Promise<ApplicationSummary[]> {
    const projects = new Set([
      ...(await this.engine.projects()),
      ...this.allDesired().map(({ spec }) => spec.project),
    ]);
    return Promise.all(
      [...projects].sort().map(async (project) => {
        const { containers } = await this.engine.observe(project);
        const spec = this.desired(project)?.spec;
        const services = new Set(spec?.pods.flatMap((pod) => (pod.role === 'service' ? [pod.service] : [])));
        return {
          project,
          services: services.size,
          running: containers.filter((container) => container.state === 'running').length,
          containers: containers.length,
          files: spec?.source.files ?? [],
        };
      }),
    );
  }

  async status(project: string): Promise<ContainerStatus[]> {
    const { containers } = await this.engine.observe(project);
    if (containers.length === 0 && !this.desired(project)) throw this.#unknown(project);
    return containers.map((container) => containerStatus(container, containers));
  }

  async plan(spec: DeploymentSpec, build = false): Promise<Plan> {
    const context = this.context(spec);
    return plan(spec, await observe(context), this.#options('up', { build }));
  }

  /** Makes an application as specified, and remembers that it is wanted so. */
  up(spec: DeploymentSpec, build: boolean, report: Report): Promise<void> {
    return this.#serially(spec.project, async () => {
      const context = this.context(spec);
      const steps = plan(spec, await observe(context), this.#options('up', { build }));
      const key = `applications/${spec.project}`;
      this.#store.put(key, { spec, stopped: [], settled: false } satisfies Desired);
      await this.#carryOut(context, steps, report);
      this.#store.put(key, { spec, stopped: [], settled: true } satisfies Desired);
    });
  }

  /** Removes all that an application has; its volumes and its collected data only if asked to. */
  down(project: string, volumes: boolean, report: Report): Promise<void> {
    return this.#serially(project, async () => {
      const spec = this.desired(project)?.spec ?? emptySpec(project);
      const context = this.context(spec);
      const observed = await observe(context);
      if (
        observed.containers.length === 0 &&
        !this.desired(project) &&
        observed.networks.length === 0 &&
        !volumes
      ) {
        throw this.#unknown(project);
      }
      // Not wanted any more, before anything is removed: a node that dies here must not bring it back.
      this.#store.delete(`applications/${project}`);
      await this.#carryOut(context, downPlan(project, observed, volumes), report);
    });
  }

  stop(project: string, services: readonly string[], report: Report): Promise<void> {
    return this.#onServices(project, services, report, (desired, names) => ({
      stopped: [...new Set([...desired.stopped, ...names])],
      plan: stopPlan,
    }));
  }

  start(project: string, services: readonly string[], report: Report): Promise<void> {
    return this.#onServices(project, services, report, (desired, names) => ({
      stopped: desired.stopped.filter((service) => !names.includes(service)),
      plan: startPlan,
    }));
  }

  restart(project: string, services: readonly string[], report: Report): Promise<void> {
    return this.#onServices(project, services, report, (desired, names) => ({
      stopped: desired.stopped.filter((service) => !names.includes(service)),
      plan: restartPlan,
    }));
  }

  /** Looks at a project's containers without waiting for an operation that is under way. */
  async look(project: string): Promise<void> {
    const { containers } = await this.engine.observe(project);
    this.#seen(containers);
  }

  /** Brings back what is missing or ended. Returns whether there was anything to do. */
  heal(project: string, mayRestart: NonNullable<PlanOptions['mayRestart']>): Promise<boolean> {
    return this.#serially(project, async () => {
      const desired = this.desired(project);
      if (!desired) return false;
      const context = this.context(desired.spec);
      const stopped = new Set(desired.stopped);
      const steps = plan(
        desired.spec,
        await observe(context),
        this.#options('heal', { mayRestart, stopped, settled: desired.settled }),
      );
      if (steps.steps.length === 0) return false;
      await runPlan(context, steps, () => {});
      return true;
    });
  }

  context(spec: DeploymentSpec): DeployContext {
    return {
      project: spec.project,
      spec,
      engine: this.engine,
      management: new ManagementBridge(spec.project),
      folder: new StateFolder(this.#stateDir, spec.project),
      hash: (value) => keyedHash(this.#key, value),
    };
  }

  /** The application's containers of a service, or an error that says what there is. */
  servicesOf(project: string, services: readonly string[]): { desired: Desired; names: string[] } {
    const desired = this.desired(project);
    if (!desired) throw this.#unknown(project);
    const all = [
      ...new Set(
        desired.spec.pods.flatMap((pod) => (pod.role === 'service' && pod.service ? [pod.service] : [])),
      ),
    ];
    for (const service of services) {
      if (all.includes(service)) continue;
      const hint = didYouMean(service, all);
      throw new HeddleError('ERR_SERVICE_UNKNOWN', `${project} has no service "${service}"`, { hint });
    }
    return { desired, names: services.length > 0 ? [...services] : all };
  }

  #onServices(
    project: string,
    services: readonly string[],
    report: Report,
    change: (
      desired: Desired,
      names: readonly string[],
    ) => { stopped: readonly string[]; plan: typeof stopPlan },
  ): Promise<void> {
    return this.#serially(project, async () => {
      const { desired, names } = this.servicesOf(project, services);
      const { stopped, plan: make } = change(desired, names);
      const context = this.context(desired.spec);
      const steps = make(desired.spec, await observe(context), names, this.#options('heal', {}));
      this.#store.put(`applications/${project}`, { ...desired, stopped });
      await this.#carryOut(context, steps, report);
    });
  }

  async #carryOut(context: DeployContext, steps: Plan, report: Report): Promise<void> {
    report({ type: 'plan', plan: steps });
    await runPlan(context, steps, report);
  }

  #options(mode: PlanOptions['mode'], rest: Partial<PlanOptions>): PlanOptions {
    return { mode, hash: (value) => keyedHash(this.#key, value), ...rest };
  }

  #serially<T>(project: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(project) ?? new PQueue({ concurrency: 1 });
    this.#queues.set(project, queue);
    return queue.add(work);
  }

  #unknown(project: string): HeddleError {
    const known = this.allDesired().map(({ spec }) => spec.project);
    return new HeddleError('ERR_PROJECT_UNKNOWN', `there is no application "${project}"`, {
      hint: didYouMean(project, known),
    });
  }
}

function emptySpec(project: string): DeploymentSpec {
  return {
    project,
    source: { dir: '/', files: [] },
    images: {},
    networks: [],
    volumes: [],
    pods: [],
    features: [],
  };
}
