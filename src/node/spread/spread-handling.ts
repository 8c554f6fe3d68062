import type { OperationEvent } from '../../api/messages.ts';
import { merged } from '../../lib/merged.ts';
import { expectServices } from '../known-names.ts';
import { onEach } from './each.ts';
import type { HandlingWorker } from './handling-worker.ts';
import { throwAll } from './on-node.ts';
import { partsOf } from './placement.ts';
import { programsOver } from './programs.ts';
import { rounds } from './rounds.ts';
import { ServiceNodes } from './service-nodes.ts';
import type { Whereabouts } from './whereabouts.ts';
import type { Workers } from './workers.ts';

type OnEvent = (event: OperationEvent) => void;
type Services = readonly string[];

/** What is done with single containers of applications over several nodes: the node that has them is asked, through this one. */
export function handlingOver(
  workers: Workers,
  whereabouts: Pick<Whereabouts, 'seen' | 'of'>,
): HandlingWorker {
  const nodes = new ServiceNodes(workers, whereabouts);
  const { handling: own } = workers.own;

  /** On every node that has some of the services. */
  const operate = async (
    project: string,
    services: Services,
    report: OnEvent,
    work: (handling: HandlingWorker, services: Services, report: OnEvent) => Promise<void>,
  ) => {
    const kept = await whereabouts.seen(project);
    if (!kept) return work(own, services, report);
    expectServices(project, services, Object.keys(kept.placement));
    const failed = await onEach(
      {
        shares: partsOf(kept.placement, services),
        work: async (node, named, tell) => work((await workers.at(node)).handling, named, tell),
        done: () => {},
      },
      report,
      new AbortController().signal,
    );
    throwAll(project, [...failed.values()]);
  };

  return {
    ...programsOver(nodes, workers.here, whereabouts),
    kill: (project, request, report) =>
      operate(project, request.services ?? [], report, (handling, services, tell) =>
        handling.kill(project, { ...request, services: [...services] }, tell),
      ),
    pause: (project, asked, report) =>
      operate(project, asked, report, (handling, services, tell) => handling.pause(project, services, tell)),
    unpause: (project, asked, report) =>
      operate(project, asked, report, (handling, services, tell) =>
        handling.unpause(project, services, tell),
      ),
    rm: (project, request, report) =>
      operate(project, request.services ?? [], report, (handling, services, tell) =>
        handling.rm(project, { ...request, services: [...services] }, tell),
      ),
    top: (project, asked) => nodes.rows(project, asked, (one, services) => one.top(project, services)),
    images: (project, asked) => nodes.rows(project, asked, (one, services) => one.images(project, services)),
    inspect: (project, asked) =>
      nodes.rows(project, asked, (one, services) => one.inspect(project, services)),
    wait: async function* (project, asked, signal) {
      yield* merged(
        await nodes.sources(project, asked, (one, services) => one.wait(project, services, signal), true),
      );
    },
    events: async function* (project, query, signal) {
      yield* merged(
        await nodes.sources(project, query.services, (one, services) =>
          one.events(project, { ...query, services: [...services] }, signal),
        ),
      );
    },
    stats: async function* (project, query, signal) {
      yield* rounds(
        await nodes.sources(project, query.services, (one, services) =>
          one.stats(project, { ...query, services: [...services] }, signal),
        ),
      );
    },
    readArchive: (project, place) =>
      nodes.ask(project, place.service, (one) => one.readArchive(project, place), place.index),
    statPath: (project, place) =>
      nodes.ask(project, place.service, (one) => one.statPath(project, place), place.index),
    writeArchive: (project, place, archive) =>
      nodes.ask(project, place.service, (one) => one.writeArchive(project, place, archive), place.index),
  };
}
