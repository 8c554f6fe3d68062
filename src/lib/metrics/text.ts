import { setImmediate as turn } from 'node:timers/promises';
import type { Distribution } from '../histogram.ts';
import type { Family, Labels, Value } from './family.ts';

export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Lines after which others have their turn: a scrape of ten thousand services delays no answer. */
const linesAtOnce = 500;

/**
 * Figures in Prometheus' text format, a part at a time: a scrape of many figures keeps nobody waiting
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 * @param common labels of every value
 */
export async function metricsText<Figures>(
  families: readonly Family<Figures>[],
  figures: Figures,
  common: Labels,
): Promise<string> {
  const parts: string[] = [];
  let lines = 0;
  for (const family of families) {
    let head = `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n`;
    for (const { name, labels, value } of samples(family, figures)) {
      parts.push(`${head}${name}${labelText({ ...common, ...labels })} ${value}\n`);
      head = '';
      if (++lines % linesAtOnce === 0) await turn();
    }
  }
  return parts.join('');
}

interface Sample extends Value {
  readonly name: string;
}

function* samples<Figures>(family: Family<Figures>, figures: Figures): Generator<Sample> {
  const { name } = family;
  if (family.type === 'histogram') {
    const distribution = family.distribution(figures);
    if (distribution) yield* distributed(name, distribution);
  } else for (const value of family.values(figures)) yield { name, ...value };
}

function* distributed(name: string, { buckets, sum, count }: Distribution): Generator<Sample> {
  for (const bucket of buckets)
    yield { name: `${name}_bucket`, labels: { le: String(bucket.bound) }, value: bucket.count };
  yield { name: `${name}_bucket`, labels: { le: '+Inf' }, value: count };
  yield { name: `${name}_sum`, labels: {}, value: sum };
  yield { name: `${name}_count`, labels: {}, value: count };
}

function labelText(labels: Labels): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return all.length === 0 ? '' : `{${all.join(',')}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
