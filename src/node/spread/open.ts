import type { NodeService } from '../../api/node-service.ts';
import type { Far } from '../../deploy/far.ts';
import { servicesOf } from '../../deploy/scope.ts';
import type { Log } from '../../lib/log.ts';
import { Records } from '../../state/records.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Store } from '../../state/store.ts';
import type { Applications } from '../applications.ts';
import { CatchUpLoop } from './catch-up-loop.ts';
import { FarWatch } from './far-watch.ts';
import { frontOf } from './front.ts';
import type { Peers } from './peers.ts';
import { restRecord } from './rest.ts';
import { Rests } from './rests.ts';
import { Running } from './running.ts';
import { Spread } from './spread.ts';
import { handlingOver } from './spread-handling.ts';
import { SpreadRecords } from './spread-record.ts';
import { SpreadView } from './spread-view.ts';
import { Whereabouts } from './whereabouts.ts';
import { ownWorker } from './worker.ts';
import { Workers } from './workers.ts';

interface Parts {
  /** What this node does itself. */
  readonly own: NodeService;
  readonly applications: Applications;
  readonly peers: Peers;
  readonly far: Far;
  /** Looks at an application now. */
  look(project: string): void;
  /** What nodes share, and what is this node’s. */
  readonly state: StateManager;
  readonly store: Store;
  readonly log: Log;
}

/** What a node does for who asks it, where applications may be over several; and what does the rest, which is to be started. */
export function openSpread({ own, applications, peers, far, look, state, store, log }: Parts) {
  const workers = new Workers(ownWorker(own), peers);
  const records = new SpreadRecords(state, peers.here);
  const rests = new Rests(new Records(store, 'left/', restRecord));
  const whereabouts = new Whereabouts(peers, records, (project) => {
    const desired = applications.desired(project);
    return desired && servicesOf(desired.spec);
  });
  const running = new Running();
  const spread = new Spread(workers, records, whereabouts, rests, running);
  const view = new SpreadView(workers, whereabouts);
  const watch = new FarWatch({ far, look, specs: () => applications.allDesired().map(({ spec }) => spec) });
  const loop = new CatchUpLoop(spread, rests, peers, log);
  return {
    front: frontOf(own, applications, spread, view, handlingOver(workers, whereabouts), peers),
    start: () => {
      loop.start();
      watch.start();
    },
    stop: async () => {
      await Promise.all([running.stop(), loop.stop(), watch.stop()]);
    },
  };
}
