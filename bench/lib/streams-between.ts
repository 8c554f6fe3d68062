import { spawn } from 'node:child_process';
import { summarize } from '../../src/lib/statistics.ts';
import { until } from '../../test/support/until.ts';
import type { Chart } from './chart.ts';
import { printed } from './printed.ts';
import { alternate, inWords, say } from './rounds.ts';

/** Where streams begin, and where they lead: files of network namespaces, and an address. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly address: string;
}

export interface StreamOptions {
  readonly rounds: number;
  /** Of each measurement. */
  readonly seconds: number;
}

/** How many pass at once. */
export const streamCounts = [1, 8] as const;

/** By way and round, what arrived with each number of streams, in bits a second. */
export type Streams<Name extends string> = Readonly<Record<Name, readonly (readonly number[])[]>>;

/** Streams of TCP by several ways (iperf3), which take turns. */
export async function streamsBy<Name extends string>(
  names: readonly Name[],
  ways: Readonly<Record<Name, Way>>,
  { rounds, seconds }: StreamOptions,
): Promise<Streams<Name>> {
  for (const name of names)
    spawn('nsenter', [`--net=${ways[name].to}`, '--', 'iperf3', '-s'], { stdio: 'ignore' });
  for (const name of names)
    await until(`${name} leads there`, async () => (await stream(ways[name], 1, 1)) > 0);
  const found = await alternate(names, rounds, async (name) => {
    const bits: number[] = [];
    for (const count of streamCounts) bits.push(await stream(ways[name], count, seconds));
    return bits;
  });
  for (const count of streamCounts)
    for (const name of names)
      say(`${count} streams, ${name}: ${inWords(summarize(bitsOf(found, name, count)), gigabits)}`);
  return found;
}

/** What arrived by a way with so many streams, round by round. */
export function bitsOf<Name extends string>(
  found: Streams<Name>,
  name: Name,
  count: (typeof streamCounts)[number],
): number[] {
  return found[name].map((bits) => bits[streamCounts.indexOf(count)] ?? Number.NaN);
}

export function streamsChart<Name extends string>(names: readonly Name[], found: Streams<Name>): Chart {
  return {
    title: 'TCP between two hosts',
    x: 'streams',
    y: 'Gbit/s',
    series: names.map((name) => ({
      name,
      points: streamCounts.map((count) => {
        const { mean, interval } = summarize(bitsOf(found, name, count).map((bits) => bits / 1e9));
        return interval ? { x: `${count}`, y: mean, interval } : { x: `${count}`, y: mean };
      }),
    })),
  };
}

/** @returns bits that arrived in a second; 0 where nobody answered */
async function stream({ from, address }: Way, count: number, seconds: number): Promise<number> {
  const where = ['-c', address, '-J', '--connect-timeout', '1000'];
  const client = ['iperf3', ...where, '-t', `${seconds}`, '-P', `${count}`];
  const said = JSON.parse(await printed('nsenter', [`--net=${from}`, '--', ...client])) as {
    end: { sum_received?: { bits_per_second: number } };
  };
  return said.end.sum_received?.bits_per_second ?? 0;
}

function gigabits(bits: number): string {
  return `${(bits / 1e9).toFixed(2)} Gbit/s`;
}
