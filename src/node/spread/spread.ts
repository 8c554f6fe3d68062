import type { DownRequest, OperationEvent, ServicesRequest, UpRequest } from '../../api/messages.ts';
import { type ShownPlan, shownChoices } from '../../deploy/plan/shown.ts';
import { toHeddleError } from '../../lib/errors.ts';
import { expectServices } from '../known-names.ts';
import { checkMoves } from './change.ts';
import { onEach } from './each.ts';
import { errorOn, isOutOfReach, planOn, throwAll } from './on-node.ts';
import { nodesHaving, nodesWith, type Placement, partsOf, servicesOn } from './placement.ts';
import type { Rest } from './rest.ts';
import type { Rests } from './rests.ts';
import type { Running } from './running.ts';
import { downShares, sent, shares } from './share.ts';
import { waitsFor } from './slice.ts';
import type { SpreadRecords } from './spread-record.ts';
import type { Whereabouts } from './whereabouts.ts';
import type { Verb } from './worker.ts';
import type { Workers } from './workers.ts';

type OnEvent = (event: OperationEvent) => void;

/**
 * Applications over several nodes, at the one that is asked: it says to each what that is to have, and each makes it so and keeps it so
 * by itself, whether the others are there or not.
 */
export class Spread {
  readonly #workers: Workers;
  /** What all nodes know; nothing of an application that is on one node alone. */
  readonly #records: SpreadRecords;
  readonly #whereabouts: Whereabouts;
  readonly #rests: Rests;
  readonly #running: Running;

  constructor(
    workers: Workers,
    records: SpreadRecords,
    whereabouts: Whereabouts,
    rests: Rests,
    running: Running,
  ) {
    this.#workers = workers;
    this.#records = records;
    this.#whereabouts = whereabouts;
    this.#rests = rests;
    this.#running = running;
  }

  async plan(request: UpRequest): Promise<ShownPlan> {
    const { project } = request.spec;
    const going = await this.#whereabouts.of(request);
    if (!going) return this.#workers.own.plan(request);
    const { placed, change } = going;
    const plans = await Promise.all(
      [...shares(request, placed)].map(async ([node, share]): Promise<ShownPlan> => {
        try {
          return planOn(node, await (await this.#workers.at(node)).plan(await this.#forNode(node, share)));
        } catch (thrown) {
          const error = toHeddleError(thrown);
          if (!isOutOfReach(error)) throw errorOn(node, error);
          return { project, steps: [], warnings: [leftText(node, placed)] };
        }
      }),
    );
    const moves = [...change.moving].map(
      ([node, services]) => `${services.join(', ')} is taken off node ${node}`,
    );
    const leaving = change.leaving.map((node) => `all of it is taken off node ${node}; volumes stay there`);
    return {
      project,
      ...shownChoices(request.spec),
      steps: plans.flatMap(({ steps }) => steps),
      warnings: [...moves, ...leaving, ...plans.flatMap(({ warnings }) => warnings)],
    };
  }

  async up(asked: UpRequest, report: OnEvent, client?: AbortSignal): Promise<void> {
    if (!(await this.#whereabouts.of(asked))) return this.#workers.own.up(asked, report, client);
    // Whether the client stays is this node's to regard: the others end when it says so, since what they wait for failed.
    const { detach, ...request } = asked;
    const gone = detach ? undefined : client;
    const { project } = request.spec;
    await this.#exclusively(project, 'up', gone, async (signal) => {
      const going = await this.#whereabouts.of(request);
      if (!going) return this.#workers.own.up(request, report, signal);
      const { kept, before, placed, change, isPresent } = going;
      checkMoves(change, before, placed, isPresent);
      const { placement, leaving } = change;
      await this.#records.put(project, kept, { placement, leaving, front: this.#workers.here });
      const all = shares(request, placed);
      // Of some services, nobody makes up for by himself.
      const isWhole = (request.services ?? []).length === 0;
      if (isWhole) this.#rests.put(project, request, placed, { left: [...all.keys()], leaving });
      const done = (node: string) => {
        if (isWhole) this.#rests.done(project, node);
      };
      const off = [
        ...[...change.moving].map(([node, services]) => [node, { services }] as const),
        ...leaving.map((node) => [node, {}] as const),
      ];
      const stayed = await onEach(
        {
          shares: off,
          work: (node, share, tell, ended) => this.#down(project, node, share, tell, ended),
          done: (node) => leaving.includes(node) && done(node),
        },
        report,
        signal,
      );
      // What is to be elsewhere may not be on two.
      const moves = [...stayed].filter(([node]) =>
        servicesOn(before.placement, node).some(
          (one) => Object.hasOwn(placed, one) && !nodesHaving(placed, one).includes(node),
        ),
      );
      throwAll(
        project,
        moves.map(([, error]) => error),
      );
      const failed = await onEach(
        {
          shares: [...all],
          work: (node, share, tell, ended) => this.#up(node, share, tell, ended),
          done,
          waitsFor: ({ spec }, node) => waitsFor(spec, node),
        },
        report,
        signal,
      );
      throwAll(project, [...stayed.values(), ...failed.values()]);
    });
  }

  async down(project: string, request: DownRequest, report: OnEvent, gone?: AbortSignal): Promise<void> {
    if (!(await this.#whereabouts.known(project)))
      return this.#workers.own.down(project, request, report, gone);
    await this.#exclusively(project, 'down', gone, async (signal) => {
      const before = await this.#whereabouts.known(project);
      if (!before) return this.#workers.own.down(project, request, report, signal);
      const { services = [] } = request;
      expectServices(project, services, Object.keys(before.placement));
      const nodes = nodesWith(before);
      const isWhole = services.length === 0;
      if (isWhole) {
        await this.#records.put(project, before, {
          placement: {},
          leaving: nodes,
          front: this.#workers.here,
        });
        this.#rests.putDown(project, nodes, request.volumes === true);
      }
      const failed = await onEach(
        {
          shares: [...downShares(request, before.placement, nodes)],
          work: (node, share, tell, ended) => this.#down(project, node, share, tell, ended),
          done: (node) => isWhole && this.#rests.done(project, node),
        },
        report,
        signal,
      );
      throwAll(project, [...failed.values()]);
    });
  }

  async operate(
    verb: Verb,
    project: string,
    request: ServicesRequest,
    report: OnEvent,
    gone?: AbortSignal,
  ): Promise<void> {
    const before = await this.#whereabouts.known(project);
    if (!before) return this.#workers.own.operate(verb, project, request, report, gone);
    const { services = [] } = request;
    expectServices(project, services, Object.keys(before.placement));
    const failed = await onEach(
      {
        shares: partsOf(before.placement, services),
        work: async (node, named, tell, signal) =>
          (await this.#workers.at(node)).operate(
            verb,
            project,
            { ...request, services: named },
            tell,
            signal,
          ),
        done: () => {},
      },
      report,
      gone ?? new AbortController().signal,
    );
    throwAll(project, [...failed.values()]);
  }

  /** What was left since nodes were out of reach, at those that are there now. */
  async catchUp(project: string, isPresent: (node: string) => boolean): Promise<void> {
    await this.#exclusively(project, 'catching up', undefined, async (signal) => {
      const rest = this.#rests.get(project);
      if (!rest) return;
      // Somebody else was asked for something else since then.
      if ((await this.#records.get(project))?.front !== this.#workers.here)
        return this.#rests.delete(project);
      await this.#finish(rest, isPresent, signal);
    });
  }

  async #finish(rest: Rest, isPresent: (node: string) => boolean, signal: AbortSignal): Promise<void> {
    const { project, up, left, leaving, volumes } = rest;
    const nobody = () => {};
    const done = (node: string) => this.#rests.done(project, node);
    const stayed = await onEach(
      {
        shares: leaving.filter(isPresent).map((node) => [node, { volumes }] as const),
        work: (node, share, tell, ended) => this.#down(project, node, share, tell, ended),
        done,
      },
      nobody,
      signal,
    );
    const all = up ? shares(up.request, up.placement) : new Map<string, UpRequest>();
    const failed = await onEach(
      {
        shares: [...all].filter(([node]) => left.includes(node) && isPresent(node)),
        work: (node, share, tell, ended) => this.#up(node, share, tell, ended),
        done,
        waitsFor: ({ spec }, node) => waitsFor(spec, node),
      },
      nobody,
      signal,
    );
    throwAll(project, [...stayed.values(), ...failed.values()]);
  }

  /** One at a time, from whichever node. */
  #exclusively(
    project: string,
    kind: 'up' | 'down' | 'catching up',
    gone: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    return this.#running.take(project, kind, (ended) =>
      this.#records.exclusively(project, (lost) =>
        work(AbortSignal.any([ended, lost, ...(gone ? [gone] : [])])),
      ),
    );
  }

  async #forNode(node: string, share: UpRequest): Promise<UpRequest> {
    return node === this.#workers.here ? share : sent(share);
  }

  async #up(node: string, share: UpRequest, tell: OnEvent, gone: AbortSignal): Promise<void> {
    await (await this.#workers.at(node)).up(await this.#forNode(node, share), tell, gone);
  }

  async #down(
    project: string,
    node: string,
    request: DownRequest,
    tell: OnEvent,
    gone: AbortSignal,
  ): Promise<void> {
    try {
      await (await this.#workers.at(node)).down(project, request, tell, gone);
    } catch (error) {
      if (toHeddleError(error).code !== 'ERR_PROJECT_UNKNOWN') throw error;
    }
    if ((request.services ?? []).length === 0) await this.#records.left(project, node);
  }
}

function leftText(node: string, placement: Placement): string {
  return `node ${node} is out of reach: ${servicesOn(placement, node).join(', ')} is left as it is there, and brought up to date when it is back`;
}
