import type { CostRow } from './record.ts';

/** The sum of several rows, as a row. */
export function totalOf(name: string, rows: readonly CostRow[]): CostRow {
  const sum = (figure: (row: CostRow) => number) => rows.reduce((total, row) => total + figure(row), 0);
  return {
    container: name,
    pod: '',
    service: null,
    role: '',
    feature: null,
    cpu: sum(({ cpu }) => cpu),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    memory: sum(({ memory }) => memory),
    memoryPeak: sum(({ memoryPeak }) => memoryPeak),
    sent: sum(({ sent }) => sent),
    received: sum(({ received }) => received),
    seconds: Math.max(0, ...rows.map(({ seconds }) => seconds)),
  };
}
