import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { root } from '../../test/support/installed.ts';
import { type Chart, renderCharts } from './chart.ts';
import { describeMachine, type Machine } from './machine.ts';
import { say } from './rounds.ts';

/** A limit that the project has set itself, and what was measured. */
export interface Bar {
  readonly name: string;
  readonly limit: number;
  readonly measured: number;
  readonly met: boolean;
}

export interface ReportOptions {
  readonly json?: string;
}

/** A benchmark's command, with the options that all have. */
export function benchmark(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json <file>', 'where the results go; the plot stands beside (default: bench/results)');
}

export function atMost(name: string, limit: number, measured: number): Bar {
  return { name, limit, measured, met: measured <= limit };
}

export function atLeast(name: string, limit: number, measured: number): Bar {
  return { name, limit, measured, met: measured >= limit };
}

/** Starts a report: the machine is described before the benchmark makes it busy. */
export function startReport(name: string, options: ReportOptions): DistanceReport {
  const began = new Date();
  const file = path.resolve(
    options.json ?? path.join(root, 'bench', 'results', `${began.toISOString().slice(0, 10)}-${name}.json`),
  );
  return new DistanceReport(name, file, began, describeMachine());
}

class DistanceReport {
  readonly #name: string;
  readonly #file: string;
  readonly #began: Date;
  readonly #machine: Machine;

  constructor(name: string, file: string, began: Date, machine: Machine) {
    this.#name = name;
    this.#file = file;
    this.#began = began;
    this.#machine = machine;
  }

  /** Writes JSON and plot, and says which bars were met. */
  save(results: Readonly<Record<string, unknown>>, bars: readonly Bar[], charts: readonly Chart[]): void {
    const head = {
      benchmark: this.#name,
      date: this.#began.toISOString(),
      machine: this.#machine,
      command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
    };
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, `${JSON.stringify({ ...head, bars, ...results }, null, 2)}\n`);
    const plot = this.#file.replace(/(\.json)?$/, '.svg');
    writeFileSync(plot, renderCharts(charts));
    for (const { name, limit, measured, met } of bars) {
      say(`${met ? 'met   ' : 'MISSED'}  ${name}: ${figure(measured)}, bar ${figure(limit)}`);
    }
    say(`${this.#file}\n${plot}`);
  }
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

export function positive(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('a number from 1 is needed');
  return Number(text);
}

export function wholeSeconds(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number of seconds is needed');
  return Number(text);
}

/** `1,2,4` */
export function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (!values.every((value) => Number.isInteger(value) && value >= 0)) {
    throw new InvalidArgumentError('write whole numbers with commas between them');
  }
  return values;
}
