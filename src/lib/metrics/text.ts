import { setImmediate as turn } from 'node:timers/promises';
import { distributed, type Family, type Labels, type Value } from './family.ts';

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
    for (const { labels, value, suffix = '' } of samples(family, figures)) {
      parts.push(`${head}${family.name}${suffix}${labelText({ ...common, ...labels })} ${value}\n`);
      head = '';
      if (++lines % linesAtOnce === 0) await turn();
    }
  }
  return parts.join('');
}

function samples<Figures>(family: Family<Figures>, figures: Figures): Iterable<Value> {
  if ('values' in family) return family.values(figures);
  const distribution = family.distribution(figures);
  return distribution ? distributed({}, distribution) : [];
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
