import type { NodeService } from '../../api/node-service.ts';
import { overriding } from '../../lib/overriding.ts';
import type { Applications } from '../applications.ts';
import { projectsOf } from '../project/projects.ts';
import type { HandlingWorker } from './handling-worker.ts';
import type { Peers } from './peers.ts';
import type { Spread } from './spread.ts';
import { refuseUnseen, type SpreadView } from './spread-view.ts';

/** What a node does for who asks it: by itself what is on it alone, and with others what is over several. */
export function frontOf(
  own: NodeService,
  applications: Applications,
  spread: Spread,
  view: SpreadView,
  handling: HandlingWorker,
  peers: Peers,
): NodeService {
  const plan: NodeService['plan'] = (request) => spread.plan(request);
  const up: NodeService['up'] = (request, report, gone) => spread.up(request, report, gone);
  const status: NodeService['status'] = (project, services) => view.status(project, services);
  return overriding(own, {
    ...projectsOf({
      engine: applications.engine,
      networks: () => applications.networks(),
      desired: (project) => applications.desired(project),
      measured: () => own.measured(),
      status: async (project) => {
        const rows = await view.status(project, []);
        refuseUnseen(rows);
        return rows;
      },
      plan,
      up,
    }),
    measuringOn: async (node) =>
      node === peers.here ? own.measuringOn(node) : (await peers.client(node)).measuring,
    plan,
    up,
    status,
    down: (project, request, report, gone) => spread.down(project, request, report, gone),
    stop: (project, request, report, gone) => spread.operate('stop', project, request, report, gone),
    start: (project, request, report, gone) => spread.operate('start', project, request, report, gone),
    restart: (project, request, report, gone) => spread.operate('restart', project, request, report, gone),
    ...handling,
    logs: (project, query, signal) => view.logs(project, query, signal),
    jobs: (project) => view.jobs(project),
    chains: (project, during) => view.chains(project, (worker) => worker.chains(project, during)),
    proveChains: (project, names) => view.chains(project, (worker) => worker.proveChains(project, names)),
  });
}
