import type {
  ContainerStatus,
  DownRequest,
  OperationEvent,
  ServicesRequest,
  UpRequest,
} from '../api/messages.ts';
import type { DeployContext } from '../deploy/context.ts';
import type { Far } from '../deploy/far.ts';
import { observe } from '../deploy/observe.ts';
import { plan } from '../deploy/plan/plan.ts';
import type { PlanOptions } from '../deploy/plan/planning.ts';
import { type ShownPlan, shownChoices, shownPlan, shownScaling } from '../deploy/plan/shown.ts';
import { runPlan } from '../deploy/run.ts';
import { StateFolder } from '../deploy/state-folder.ts';
import type { Plan } from '../deploy/step.ts';
import type { Engine } from '../engines/engine.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import type { HeddleError } from '../lib/errors.ts';
import { keyedHash } from '../lib/hash.ts';
import { checkedName } from '../lib/names.ts';
import type { MeasuredNetworks } from '../measure/net/remembered.ts';
import { ManagementBridge } from '../networks/management/bridge.ts';
import type { Proofs } from '../networks/path/proof/proofs.ts';
import type { Network } from '../networks/standard/network.ts';
import type { NetworksHere } from '../networks/standard/networking-service.ts';
import { emptySpec } from '../selector/empty-spec.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { Records } from '../state/records.ts';
import { applicationStatus } from './application-status.ts';
import { bringUp, prepareUp } from './bring-up.ts';
import { catchUp } from './catch-up.ts';
import { attachedSpec, type Desired, type Detachment } from './desired.ts';
import { expectServices, unknownProject } from './known-names.ts';
import { sweepOneOffs } from './once/sweep.ts';
import { type Kind, Operations } from './operations.ts';
import type { ServicesOperation } from './services-operation.ts';
import type { Subscriber } from './subscriber.ts';
import { prepareDown } from './take-down.ts';

export type OnEvent = (event: OperationEvent) => void;

/** What work on a project may do with what is wanted of it. */
export interface Tools {
  want(desired: Desired): void;
  healing(rest: Partial<PlanOptions>): PlanOptions;
}

/** The applications of this host: what is wanted of each, and the operations that make it so, one at a time each. */
export class Applications {
  readonly engine: Engine;
  readonly proofs: Proofs;
  readonly #networking: NetworksHere;
  readonly #records: Records<Desired>;
  readonly #stateDir: string;
  readonly #key: string;
  readonly #far: Far;
  readonly #measured: Records<MeasuredNetworks>;
  readonly #subscribers: Subscriber[] = [];
  readonly #queues = new Map<string, Operations>();

  constructor(
    engine: Engine,
    networking: NetworksHere,
    records: Records<Desired>,
    stateDir: string,
    key: string,
    proofs: Proofs,
    far: Far,
    measured: Records<MeasuredNetworks>,
  ) {
    this.engine = engine;
    this.#networking = networking;
    this.#records = records;
    this.#stateDir = stateDir;
    this.#key = key;
    this.proofs = proofs;
    this.#far = far;
    this.#measured = measured;
  }

  /** From now on; there is no end to it but the node's. */
  subscribe(subscriber: Subscriber): void {
    this.#subscribers.push(subscriber);
  }

  desired(project: string): Desired | undefined {
    return this.#records.get(checkedName('project', project));
  }

  allDesired(): Desired[] {
    return this.#records.list();
  }

  /** What there is of an application now. */
  async containers(project: string): Promise<readonly ObservedContainer[]> {
    const containers = await this.engine.workloads.containers(project);
    if (containers.length === 0 && !this.desired(project)) throw this.#unknown(project);
    return containers;
  }

  status(project: string): Promise<ContainerStatus[]> {
    const folder = new StateFolder(this.#stateDir, project);
    return applicationStatus(this.desired(project), folder, () => this.containers(project));
  }

  /** What `up` would do. */
  async plan(request: UpRequest): Promise<ShownPlan> {
    const before = this.desired(request.spec.project);
    const { plan: steps, wanted } = await prepareUp(request, before, (spec) => this.context(spec));
    return { ...shownPlan(steps), ...shownScaling(wanted.spec), ...shownChoices(wanted.spec) };
  }

  /** Makes an application as specified, and remembers that it is wanted so. */
  up(request: UpRequest, report: OnEvent, gone?: AbortSignal): Promise<void> {
    const { project } = request.spec;
    const client = { gone, detached: request.detach };
    return this.#operations(project).run('make', 'up', client, async (signal) => {
      const want = (desired: Desired) => this.#want(project, desired);
      const contextOf = (spec: DeploymentSpec) => this.context(spec);
      await bringUp(request, this.desired(project), { contextOf, want, signal }, report);
    });
  }

  /** Removes what an application has; its volumes and its collected data only if asked to. */
  down(project: string, request: DownRequest, report: OnEvent, gone?: AbortSignal): Promise<void> {
    return this.#operations(project).run('undo', 'down', { gone }, async (signal) => {
      const before = this.desired(project);
      const context = { ...this.context(before?.spec ?? emptySpec(project)), signal };
      const observed = await observe(context);
      const { volumes = false } = request;
      const things = [...observed.networks, ...(volumes ? observed.volumes : [])].some(({ own }) => own);
      const traces = observed.containers.length > 0 || things || (volumes && context.folder.exists());
      if (!traces && !before) throw this.#unknown(project);
      const { plan: steps, wanted } = prepareDown(project, request, before, observed);
      // Not wanted any more, before anything is removed: a node that dies here must not bring it back.
      this.#want(project, wanted);
      await this.#carryOut(context, steps, report);
    });
  }

  /** Looks at a project's containers without waiting for an operation that is under way. */
  async look(project: string): Promise<void> {
    this.#seen(project, await this.engine.workloads.containers(project));
  }

  /** Ends when no operation on a project is under way; at once when there is none. */
  async idle(project: string): Promise<void> {
    await this.#queues.get(project)?.idle();
  }

  /** Whether an operation on a project is under way, or waits. */
  isBusy(project: string): boolean {
    return this.#queues.get(project)?.isBusy === true;
  }

  /** Brings back what is missing or ended. Returns whether there was anything to do. */
  heal(project: string, mayRestart: NonNullable<PlanOptions['mayRestart']>): Promise<boolean> {
    return this.#operations(project).run('heal', 'healing', {}, async (signal) => {
      await sweepOneOffs(this, project);
      const desired = this.desired(project);
      if (!desired) {
        this.#seen(project, []);
        return false;
      }
      const spec = attachedSpec(desired);
      const context = { ...this.context(spec), signal };
      const stopped = new Set(desired.stopped);
      const observed = await observe(context);
      this.#seen(project, observed.containers);
      await catchUp(context, desired, observed.containers);
      const steps = plan(
        spec,
        observed,
        this.#options('heal', { mayRestart, stopped, settled: desired.settled }),
      );
      if (steps.steps.length === 0) return false;
      await runPlan(context, steps, () => {});
      return true;
    });
  }

  /** Takes an agent away until the next `up`. Returns whether it was there. */
  detach(project: string, detachment: Detachment): Promise<boolean> {
    return this.#operations(project).run('brief', 'detaching an agent', {}, async () => {
      const desired = this.desired(project);
      const present = desired?.detached ?? [];
      if (!desired || present.some(({ container }) => container === detachment.container)) return false;
      this.#want(project, { ...desired, detached: [...present, detachment] });
      await this.engine.workloads.remove(detachment.container, 'remove');
      return true;
    });
  }

  /** The networks that are not the engine's, of any project and of none. */
  networks(): Promise<readonly Network[]> {
    return this.#networking.networks.list();
  }

  /** What networks are chosen by, where a file leaves them open. */
  measured(): readonly MeasuredNetworks[] {
    return this.#measured.list();
  }

  context(spec: DeploymentSpec): DeployContext {
    return {
      project: spec.project,
      spec,
      engine: this.engine,
      networking: this.#networking,
      far: this.#far,
      management: new ManagementBridge(spec.project),
      proofs: this.proofs,
      folder: new StateFolder(this.#stateDir, spec.project),
      hooked: (outcome) => {
        for (const { hooked } of this.#subscribers) hooked?.(spec.project, outcome);
      },
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
    expectServices(project, services, all);
    return { desired, names: services.length > 0 ? [...services] : all };
  }

  /**
   * Work on a project that stands in a file of its own: nothing else is done to the project meanwhile. Without `gone` it is
   * carried out whoever goes; work of the kind `heal` gives way to whoever asks for something.
   */
  exclusively<T>(
    project: string,
    work: (tools: Tools, signal: AbortSignal) => Promise<T>,
    gone?: AbortSignal,
    kind: Kind = gone ? 'make' : 'brief',
  ): Promise<T> {
    const tools: Tools = {
      want: (desired) => this.#want(project, desired),
      healing: (rest) => this.#options('heal', rest),
    };
    return this.#operations(project).run(kind, 'run', { gone }, (signal) => work(tools, signal));
  }

  /** What is done with services. Without `gone` it is carried out whoever goes. */
  operate(
    project: string,
    request: ServicesRequest,
    report: OnEvent,
    { kind, verb, change }: ServicesOperation,
    gone?: AbortSignal,
  ): Promise<void> {
    return this.#operations(project).run(kind, verb, { gone }, async (signal) => {
      const { desired, names } = this.servicesOf(project, request.services ?? []);
      const spec = attachedSpec(desired);
      const context = { ...this.context(spec), signal };
      const observed = await observe(context);
      const { timeout, noDeps } = request;
      const options = this.#options('heal', {
        ...(timeout !== undefined && { grace: timeout }),
        ...(noDeps && { noDeps }),
      });
      const { plan: make, ...changed } = change(desired, names, observed);
      const steps = make(spec, observed, names, options);
      this.#want(project, { ...desired, ...changed });
      await this.#carryOut(context, steps, report);
    });
  }

  #want(project: string, desired: Desired | undefined): void {
    if (desired) this.#records.put(project, desired);
    else this.#records.delete(project);
    for (const { wanted } of this.#subscribers) wanted?.(project);
  }

  #seen(project: string, containers: readonly ObservedContainer[]): void {
    for (const { seen } of this.#subscribers) seen?.(project, containers);
  }

  async #carryOut(context: DeployContext, steps: Plan, report: OnEvent): Promise<void> {
    report({ type: 'plan', plan: shownPlan(steps) });
    await runPlan(context, steps, report);
  }

  #options(mode: PlanOptions['mode'], rest: Partial<PlanOptions>): PlanOptions {
    return { mode, hash: (value) => keyedHash(this.#key, value), ...rest };
  }

  #operations(project: string): Operations {
    const operations = this.#queues.get(project) ?? new Operations();
    this.#queues.set(project, operations);
    return operations;
  }

  #unknown(project: string): HeddleError {
    const known = this.allDesired().map(({ spec }) => spec.project);
    return this.#records.refused.get(project) ?? unknownProject(project, known);
  }
}
