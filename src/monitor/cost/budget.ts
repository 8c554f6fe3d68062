import type { Budget } from '../../selector/parameters.ts';
import type { Sample } from '../../state/history.ts';
import { increase } from './ledger.ts';

/** A budget that was exceeded, and by what. */
export interface Excess {
  readonly resource: 'cpu' | 'memory';
  /** Cores on average, or bytes at least, over the window. */
  readonly used: number;
  readonly budget: number;
}

/** Milliseconds that an agent has to be over its budget. */
export const budgetWindow = 60_000;

/**
 * Whether somebody was over a budget for a minute: in CPU on average, in memory without a pause. Samples that do not
 * span the minute before `now` prove nothing.
 */
export function excessOf(samples: readonly Sample[], budget: Budget, now: number): Excess | undefined {
  const start = samples.findLastIndex(({ time }) => time <= now - budgetWindow);
  const [first, ...rest] = start < 0 ? [] : samples.slice(start);
  // A container that went away has no sample of now, and uses nothing.
  if (!first || rest.at(-1)?.time !== now) return undefined;
  const window = [first, ...rest];
  const seconds = (now - first.time) / 1000;
  const cpu = increase(window, 'cpu') / seconds;
  if (budget.cpu !== undefined && cpu > budget.cpu) return { resource: 'cpu', used: cpu, budget: budget.cpu };
  const memory = Math.min(...window.map((sample) => sample.memory));
  if (budget.memory !== undefined && memory > budget.memory) {
    return { resource: 'memory', used: memory, budget: budget.memory };
  }
  return undefined;
}

/** `5.2 % of a core, over its budget of 2 %`. */
export function excessText({ resource, used, budget }: Excess): string {
  const text = resource === 'cpu' ? percent : mebibytes;
  const of = resource === 'cpu' ? ' of a core' : ' of memory';
  return `${text(used)}${of}, over its budget of ${text(budget)}`;
}

function percent(cores: number): string {
  return `${Number((cores * 100).toPrecision(2))} %`;
}

function mebibytes(bytes: number): string {
  return `${Number((bytes / 2 ** 20).toPrecision(3))} MiB`;
}
