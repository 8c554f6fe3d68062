import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import type { Engine } from '../engines/engine.ts';
import type { EngineEvent } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { Applications } from './applications.ts';
import { Reconciler } from './reconciler.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const spec = (project: string) => ({ project, pods: [] });

/** Two applications, of which one fails at a place; which of them were healed. */
function reconciler(faults: Partial<Record<'desired' | 'heal' | 'idle' | 'look' | 'onEvent', () => never>>) {
  const healed: string[] = [];
  const of = <T>(project: string, place: keyof typeof faults, value: T): T =>
    project === 'bad' && faults[place] ? faults[place]() : value;
  async function* events(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    for (const project of ['bad', '../x', 'good']) {
      const labels = { [label.project]: project };
      yield { word: 'die', id: '', image: '', action: 'die', container: `${project}-web-1`, labels, time: 0 };
    }
    await sleep(60_000, undefined, { signal }).catch(() => {});
  }
  const applications = {
    engine: { workloads: { events } } as unknown as Engine,
    desired: (project: string) => of(project, 'desired', { spec: spec(project), stopped: [], settled: true }),
    allDesired: () => ['bad', 'good'].map((project) => ({ spec: spec(project) })),
    idle: async (project: string) => of(project, 'idle', undefined),
    look: async (project: string) => of(project, 'look', undefined),
    heal: async (project: string) => {
      of(project, 'heal', undefined);
      healed.push(project);
      return false;
    },
  } as unknown as Applications;
  const hooks = {
    onEvent: (project: string) => of(project, 'onEvent', undefined),
    revive: async () => {},
  };
  return { reconciler: new Reconciler(applications, quiet, hooks), healed };
}

describe('the loop of the node', () => {
  let running: Reconciler | undefined;
  afterEach(() => running?.stop());
  const fault = () => {
    throw new Error('broken');
  };

  test.each(['desired', 'heal', 'idle', 'look', 'onEvent'] as const)(
    'goes on with other applications when one fails at %s',
    async (place) => {
      const unhandled: unknown[] = [];
      const note = (cause: unknown) => unhandled.push(cause);
      process.on('unhandledRejection', note);
      const made = reconciler({ [place]: fault });
      running = made.reconciler;
      running.start();
      await until('the other application was looked at', () => made.healed.includes('good'));
      process.off('unhandledRejection', note);
      expect(unhandled).toEqual([]);
    },
  );
});
