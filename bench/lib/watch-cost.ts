import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChainApplication } from './chain-application.ts';
import { chainFile, functions } from './chain-files.ts';
import { machineCpu, processUsage } from './process-usage.ts';
import { alternate, percent, say } from './rounds.ts';

const arms = ['none', 'watched'] as const;
/** Milliseconds in which what came up comes to rest. */
const settling = 3000;

/** In cores. */
export interface WatchCost {
  /** Of the node and of the processes that it has. */
  readonly own: number;
  /** Of all that the machine does, the kernel's interrupts as well. */
  readonly machine: number;
}

interface WatchOptions {
  readonly rounds: number;
  /** How many are watched. */
  readonly chains: number;
  /** Of each turn. */
  readonly seconds: number;
}

/** What the node uses with chains that are watched and without, of the same services, taking turns. */
export async function watchCosts(
  application: ChainApplication,
  { rounds, chains, seconds }: WatchOptions,
): Promise<Record<(typeof arms)[number], WatchCost[]>> {
  const own = (count: number) =>
    chainFile(
      ['db'],
      Array.from({ length: count }, (_, index) => ({
        name: `chain${index}`,
        to: 'db',
        port: 8000 + index,
        through: functions,
      })),
    );
  const files = { none: own(0), watched: own(chains) };
  return alternate(arms, rounds, async (arm, round) => {
    await application.up(files[arm]);
    if (arm === 'watched') await application.untilChains('proven');
    await wait(settling);
    const cost = await spentIn(await application.host.nodePid(), seconds);
    say(
      `round ${round + 1}, ${arm === 'none' ? 'no chains' : `${chains} chains`}: ${percent(cost.own)} of a core, ${percent(cost.machine)} by the whole machine`,
    );
    return cost;
  });
}

async function spentIn(node: number, seconds: number): Promise<WatchCost> {
  const before = { at: performance.now(), machine: machineCpu(), own: ownCpu(node) };
  await wait(seconds * 1000);
  const after = { at: performance.now(), machine: machineCpu(), own: ownCpu(node) };
  const elapsed = (after.at - before.at) / 1000;
  const own = [...after.own].reduce((sum, [pid, cpu]) => sum + cpu - (before.own.get(pid) ?? 0), 0);
  return { own: own / elapsed, machine: (after.machine - before.machine) / elapsed };
}

/** Seconds of the processor of a process and of its children, by their ids. */
function ownCpu(node: number): ReadonlyMap<number, number> {
  const children = readdirSync(`/proc/${node}/task`).flatMap((task) =>
    readFileSync(`/proc/${node}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return new Map(
    [node, ...children].flatMap((pid) => {
      try {
        return [[pid, processUsage(pid).cpu] as const];
      } catch {
        // It has ended; the node has waited for it.
        return [];
      }
    }),
  );
}
