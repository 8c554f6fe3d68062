import type { Sample, Subject } from '../../state/history.ts';
import type { CostRow } from './record.ts';

type Counter = 'cpu' | 'sent' | 'received';

/** What each container cost between its first and last sample, in the order: application, agents, collectors, the rest. */
export function ledger(
  measured: readonly { readonly subject: Subject; readonly samples: readonly Sample[] }[],
): CostRow[] {
  return measured
    .filter(({ samples }) => samples.length > 1)
    .map(({ subject, samples }) => row(subject, samples))
    .sort((a, b) => rank(a.role) - rank(b.role) || (a.container < b.container ? -1 : 1));
}

function row(subject: Subject, samples: readonly Sample[]): CostRow {
  const seconds = ((samples.at(-1)?.time ?? 0) - (samples[0]?.time ?? 0)) / 1000;
  const cpuSeconds = increase(samples, 'cpu');
  return {
    container: subject.name,
    pod: subject.pod,
    service: subject.service ?? null,
    role: subject.role,
    feature: subject.feature ?? null,
    cpu: cpuSeconds / seconds,
    cpuSeconds,
    memory: samples.at(-1)?.memory ?? 0,
    memoryPeak: Math.max(...samples.map(({ memory }) => memory)),
    sent: increase(samples, 'sent'),
    received: increase(samples, 'received'),
    seconds,
  };
}

/** How much a counter grew. One that falls was begun anew, by a restart: what it shows then was added since. */
export function increase(samples: readonly Sample[], counter: Counter): number {
  let sum = 0;
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1];
    if (before)
      sum += sample[counter] < before[counter] ? sample[counter] : sample[counter] - before[counter];
  }
  return sum;
}

const order = ['application', 'agent', 'collector', 'sandbox', 'node'];

function rank(role: string): number {
  return order.indexOf(role);
}
