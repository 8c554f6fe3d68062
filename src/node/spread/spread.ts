import type { DownRequest, OperationEvent, ServicesRequest, UpRequest } from '../../api/messages.ts';
import type { ShownPlan } from '../../deploy/plan/shown.ts';
import { type HeddleError, isHeddleError, toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { Turns } from '../../lib/turns.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { Records } from '../../state/records.ts';
import { errorOn, eventOn, isOutOfReach, planOn, throwAll } from './on-node.ts';
import type { Peers } from './peers.ts';
import { isOn, nodesOf, type Placement, partsOf, placeServices, servicesOn } from './placement.ts';
import type { Rest } from './rest.ts';
import { downShares, sent, shares } from './share.ts';
import { checkPlacement, waitsFor } from './slice.ts';
import type { KeptSpread, SpreadRecords } from './spread-record.ts';
import type { Verb } from './worker.ts';
import type { Workers } from './workers.ts';

type OnEvent = (event: OperationEvent) => void;

/** Milliseconds until nodes that were out of reach are tried again. */
const again = 3000;
interface Parts {
  readonly workers: Workers;
  readonly peers: Peers;
  /** What all nodes know; nothing of an application that is on one node alone. */
  readonly records: SpreadRecords;
  readonly rest: Records<Rest>;
  readonly log: Log;
}

/**
 * Applications over several nodes, at the one that is asked: it says to each what that is to have, and each makes it so and keeps it so
 * by itself, whether the others are there or not.
 */
export class Spread {
  readonly #parts: Parts;
  readonly #turns = new Turns();
  readonly #loop: RetryLoop;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#loop = new RetryLoop(
      () => this.#catchUp(),
      ({ code, message }) => parts.log.error({ code }, `applications over several nodes: ${message}`),
    );
  }

  start(): void {
    this.#loop.due();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async plan(request: UpRequest): Promise<ShownPlan> {
    const { spec } = request;
    const { placement, isSpread } = await this.#place(spec);
    if (!isSpread) return this.#parts.workers.own.plan(request);
    const plans = await Promise.all(
      [...shares(request, placement)].map(async ([node, share]): Promise<ShownPlan> => {
        try {
          const plan = await (await this.#parts.workers.at(node)).plan(await this.#forNode(node, share));
          return planOn(node, plan);
        } catch (thrown) {
          const error = toHeddleError(thrown);
          if (!isOutOfReach(error)) throw errorOn(node, error);
          return { project: spec.project, steps: [], warnings: [leftText(node, placement)] };
        }
      }),
    );
    return {
      project: spec.project,
      steps: plans.flatMap(({ steps }) => steps),
      warnings: plans.flatMap(({ warnings }) => warnings),
    };
  }

  async up(request: UpRequest, report: OnEvent, gone?: AbortSignal): Promise<void> {
    const { project } = request.spec;
    const { isSpread } = await this.#place(request.spec);
    if (!isSpread) return this.#parts.workers.own.up(request, report, gone);
    await this.#parts.records.exclusively(project, async () => {
      const { placement, before } = await this.#place(request.spec);
      const all = shares(request, placement);
      const isWhole = (request.services ?? []).length === 0;
      const had = before ? [...nodesOf(before.placement), ...before.leaving] : [];
      const leaving = [...new Set(had)].filter((node) => !nodesOf(placement).includes(node));
      const { here } = this.#parts.peers;
      await this.#parts.records.put(project, before, {
        placement: isWhole || !before ? placement : { ...before.placement, ...placement },
        leaving,
        front: here,
      });
      const { detach: _detach, ...asked } = request;
      const rest = { project, up: { request: asked, placement }, left: [...all.keys()] };
      this.#parts.rest.put(project, rest);
      await this.#each(
        project,
        [...all],
        report,
        gone,
        async (node, share, tell, signal) => {
          await (await this.#parts.workers.at(node)).up(await this.#forNode(node, share), tell, signal);
        },
        ({ spec }, node) => waitsFor(spec, node),
      );
      if (isWhole) await this.#leave(project, report, gone);
    });
  }

  async down(project: string, request: DownRequest, report: OnEvent, gone?: AbortSignal): Promise<void> {
    if (!(await this.#known(project))) return this.#parts.workers.own.down(project, request, report, gone);
    await this.#parts.records.exclusively(project, async () => {
      const before = await this.#parts.records.get(project);
      if (!before) return this.#parts.workers.own.down(project, request, report, gone);
      const { here } = this.#parts.peers;
      const nodes = [...new Set([...nodesOf(before.placement), ...before.leaving])];
      const all = downShares(request, before.placement, nodes);
      if ((request.services ?? []).length === 0) {
        await this.#parts.records.put(project, before, { placement: {}, leaving: nodes, front: here });
        this.#parts.rest.put(project, { project, down: request, left: nodes });
      }
      await this.#each(project, [...all], report, gone, (node, share, tell, signal) =>
        this.#down(project, node, share, tell, signal),
      );
    });
  }

  async operate(
    verb: Verb,
    project: string,
    request: ServicesRequest,
    report: OnEvent,
    gone?: AbortSignal,
  ): Promise<void> {
    const before = await this.#known(project);
    if (!before) return this.#parts.workers.own.operate(verb, project, request, report, gone);
    const parts = partsOf(before.placement, request.services ?? []);
    await this.#each(project, parts, report, gone, async (node, services, tell, signal) => {
      const worker = await this.#parts.workers.at(node);
      await worker.operate(verb, project, { ...request, services }, tell, signal);
    });
  }

  /** What was left since nodes were out of reach. */
  async #catchUp(): Promise<number | undefined> {
    const { rest, peers, records, log } = this.#parts;
    for (const { project, left } of rest.list()) {
      const present = await Promise.all(left.map((node) => peers.isPresent(node)));
      if (!present.includes(true)) continue;
      await records
        .exclusively(project, () => this.#finishAll(project))
        .catch((error) => log.debug({ project, code: toHeddleError(error).code }, 'what was left waits'));
    }
    return again;
  }

  async #finishAll(project: string): Promise<void> {
    const { rest, peers, records, log } = this.#parts;
    const left = rest.get(project);
    if (!left) return;
    // Somebody else was asked for something else since then.
    if ((await records.get(project))?.front !== peers.here) return rest.delete(project);
    for (const node of left.left) {
      if (!(await peers.isPresent(node))) continue;
      await this.#finish(left, node).catch((thrown) => {
        const { code, message } = toHeddleError(thrown);
        log.warn({ project, node, code }, `what was left there is not done yet: ${message}`);
      });
    }
  }

  async #finish({ project, up, down }: Rest, node: string): Promise<void> {
    const nothing = () => {};
    if (down) await this.#down(project, node, down, nothing);
    const share = up && shares(up.request, up.placement).get(node);
    if (share) await (await this.#parts.workers.at(node)).up(await this.#forNode(node, share), nothing);
    this.#done(project, node);
    this.#parts.log.info({ project, node }, 'what was left there is done');
  }

  async #place(spec: DeploymentSpec) {
    const { peers } = this.#parts;
    const before = await this.#known(spec.project);
    const isPlaced = spec.pods.some(({ place }) => place !== undefined);
    // What is on this node alone needs no other.
    if (!before && !isPlaced) return { placement: {}, before, isSpread: false };
    const members = await peers.list();
    const placement = placeServices(spec, { here: peers.here, members, before: before?.placement ?? {} });
    const isSpread = before !== undefined || !isOn(placement, peers.here);
    if (isSpread) checkPlacement(spec, placement);
    return { placement, before, isSpread };
  }

  /** Nothing, too, where nobody was ever asked who has what: then this node brings up what is on it alone. */
  async #known(project: string): Promise<KeptSpread | undefined> {
    try {
      return await this.#parts.records.get(project);
    } catch (error) {
      if (!isHeddleError(error, 'ERR_STATE_UNREACHABLE')) throw error;
      return undefined;
    }
  }

  async #forNode(node: string, share: UpRequest): Promise<UpRequest> {
    return node === this.#parts.peers.here ? share : sent(share);
  }

  /**
   * Does something on each node, at once; a node that fails keeps no other from it but those that wait for it. What is out of reach
   * is left.
   * @throws HeddleError ERR_NODE_AWAY for what is left, and what else failed
   */
  async #each<Share>(
    project: string,
    shares: readonly (readonly [node: string, share: Share])[],
    report: OnEvent,
    gone: AbortSignal | undefined,
    work: (node: string, share: Share, tell: OnEvent, signal: AbortSignal) => Promise<void>,
    waitsFor = (_share: Share, _node: string) => false,
  ): Promise<void> {
    const inVain = new Map(shares.map(([node]) => [node, new AbortController()]));
    const errors: HeddleError[] = [];
    await Promise.all(
      shares.map(async ([node, share]) => {
        const tell = (event: OperationEvent) => {
          const shown = eventOn(node, event);
          if (shown) report(shown);
        };
        const { signal } = inVain.get(node) as AbortController;
        try {
          await work(node, share, tell, gone ? AbortSignal.any([gone, signal]) : signal);
          this.#done(project, node);
        } catch (thrown) {
          const error = toHeddleError(thrown);
          // Why, another node says.
          if (!signal.aborted) errors.push(errorOn(node, error));
          if (isOutOfReach(error)) return;
          // Somebody may have to do with it, not for want of the network: nobody tries again by himself.
          this.#done(project, node);
          for (const [other, theirs] of shares)
            if (waitsFor(theirs, node)) inVain.get(other)?.abort(`node ${node}, which it waits for, failed`);
        }
      }),
    );
    throwAll(project, errors);
  }

  async #down(project: string, node: string, request: DownRequest, tell: OnEvent, gone?: AbortSignal) {
    try {
      await (await this.#parts.workers.at(node)).down(project, request, tell, gone);
    } catch (error) {
      if (toHeddleError(error).code !== 'ERR_PROJECT_UNKNOWN') throw error;
    }
    if ((request.services ?? []).length === 0) await this.#left(project, node);
  }

  /** Takes it off nodes that are not to have any of it any more. */
  async #leave(project: string, report: OnEvent, gone?: AbortSignal): Promise<void> {
    const leaving = (await this.#parts.records.get(project))?.leaving ?? [];
    const parts = leaving.map((node) => [node, {}] as const);
    await this.#each(project, parts, report, gone, (node, share, tell, signal) =>
      this.#down(project, node, share, tell, signal),
    );
  }

  async #left(project: string, node: string): Promise<void> {
    const { records } = this.#parts;
    // Several leave at once.
    await this.#turns.take(`record of ${project}`, async () => {
      const before = await records.get(project);
      if (!before) return;
      const { revision: _revision, ...value } = before;
      const leaving = value.leaving.filter((one) => one !== node);
      const isOver = leaving.length === 0 && nodesOf(value.placement).length === 0;
      await records.put(project, before, isOver ? undefined : { ...value, leaving });
    });
  }

  #done(project: string, node: string): void {
    const { rest } = this.#parts;
    const before = rest.get(project);
    if (!before) return;
    const left = before.left.filter((one) => one !== node);
    if (left.length > 0) rest.put(project, { ...before, left });
    else rest.delete(project);
  }
}

function leftText(node: string, placement: Placement): string {
  return `node ${node} is out of reach: ${servicesOn(placement, node).join(', ')} is left as it is there, and brought up to date when it is back`;
}
