import type { ContainerEvent, EndedContainer, HandlingService } from '../api/handling.ts';
import {
  isMeantToEnd,
  pausePlan,
  removable,
  rmPlan,
  signalPlan,
  unpausePlan,
} from '../deploy/plan/handling.ts';
import type { EngineEvent, ObservedContainer } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import { isOneOff, label } from '../lib/labels.ts';
import { merged } from '../lib/merged.ts';
import type { Applications } from './applications.ts';
import { readFrom, statIn, writeTo } from './archive.ts';
import { attachTo } from './attach.ts';
import { runOnce } from './once/run.ts';
import { indexOf, serviceOf } from './replica.ts';
import { containersOf } from './service-containers.ts';
import { followStats } from './stats.ts';

/** What is done with single services and containers, in the words of the API. */
export function handlingOf(applications: Applications): HandlingService {
  const { engine } = applications;
  return {
    // What is asked of a service by hand does not wait for an `up` that waits for that service.
    kill: (project, { services = [], signal = 'SIGKILL' }, report) =>
      applications.operate(project, { services }, report, {
        kind: 'undo',
        verb: 'kill',
        change: ({ spec, stopped }, names) => {
          const stopSignals = new Map(
            spec.pods.flatMap((pod) =>
              pod.role === 'service' ? [[pod.service ?? '', pod.containers[0]?.stopSignal]] : [],
            ),
          );
          const meant = names.filter((name) => isMeantToEnd(signal, stopSignals.get(name)));
          return { plan: signalPlan(signal), stopped: [...new Set([...stopped, ...meant])] };
        },
      }),
    pause: (project, services, report) =>
      applications.operate(project, { services }, report, {
        kind: 'undo',
        verb: 'pause',
        change: () => ({ plan: pausePlan }),
      }),
    unpause: (project, services, report) =>
      applications.operate(project, { services }, report, {
        kind: 'undo',
        verb: 'unpause',
        change: () => ({ plan: unpausePlan }),
      }),
    rm: (project, { services = [], volumes = false }, report) =>
      applications.operate(project, { services }, report, {
        kind: 'make',
        verb: 'rm',
        change: ({ removed = [] }, names, observed) => ({
          plan: rmPlan(volumes),
          removed: [...new Set([...removed, ...removable(observed, names)])],
        }),
      }),
    top: async (project, services) => {
      const running = (await containersOf(applications, project, services)).filter(isRunning);
      return Promise.all(
        running.map(async (container) => ({
          container: container.name,
          service: serviceOf(container),
          index: indexOf(container),
          ...(await engine.console.processes(container.name)),
        })),
      );
    },
    wait: (project, services, signal) => waitFor(applications, project, services, signal),
    events: (project, query, signal) => eventsOf(applications, project, query, signal),
    stats: (project, query, signal) =>
      followStats(() => containersOf(applications, project, query.services), query, signal),
    run: (project, inputs, signal) => runOnce(applications, project, inputs, signal),
    attach: (project, inputs, signal) => attachTo(applications, project, inputs, signal),
    readArchive: (project, place) => readFrom(applications, project, place),
    statPath: (project, place) => statIn(applications, project, place),
    writeArchive: (project, place, archive) => writeTo(applications, project, place, archive),
  };
}

async function* waitFor(
  applications: Applications,
  project: string,
  services: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<EndedContainer> {
  const containers = (await containersOf(applications, project, services)).filter(
    ({ labels }) => !isOneOff(labels),
  );
  if (containers.length === 0) {
    throw new HeddleError(
      'ERR_SERVICE_NOT_RUNNING',
      `${services.join(', ') || project} has no container to wait for`,
    );
  }
  yield* merged(
    containers.map(async function* (container) {
      const exitCode = await applications.engine.workloads.ended(container.name, signal);
      yield { container: container.name, service: serviceOf(container), exitCode };
    }),
  );
}

async function* eventsOf(
  applications: Applications,
  project: string,
  query: Parameters<HandlingService['events']>[1],
  signal: AbortSignal,
): AsyncGenerator<ContainerEvent> {
  const { names } = applications.servicesOf(project, query.services);
  for await (const event of applications.engine.workloads.events(signal, query)) {
    const { labels } = event;
    // As with Compose, what happens to networks is no event of a service.
    if (event.action === 'connect') continue;
    const concerned = labels[label.project] === project && labels[label.role] === 'application';
    if (concerned && names.includes(labels[label.service] ?? '')) yield shownEvent(event);
  }
}

function shownEvent({ word, id, image, container, labels, time }: EngineEvent): ContainerEvent {
  return {
    time: new Date(time).toISOString(),
    type: 'container',
    action: word,
    service: labels[label.service] ?? '',
    id,
    attributes: { name: container, image },
  };
}

function isRunning({ state }: ObservedContainer): boolean {
  return state === 'running';
}
