import { type Compared, compared } from '../compared.ts';
import type { PathKind } from '../paths/path.ts';
import type { Result, Run } from '../results.ts';
import { escaped } from './escaped.ts';
import { besides, disturbedText, figureText, linksText } from './figure-text.ts';
import { barsOf } from './plot.ts';
import { type Beaten, type Verdict, verdictOf } from './verdict.ts';

/** What a page says of who measured: the host. */
export interface Host {
  readonly name: string;
  readonly kernel: string;
  readonly processors: string;
}

const style = `body{font:15px/1.5 sans-serif;color:#16202a;max-width:52em;margin:2em auto;padding:0 1em}
h1{font-size:1.5em}h2{font-size:1.1em;margin-top:2em}table{border-collapse:collapse}td,th{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}
pre{background:#f2f4f6;padding:.6em 1em;overflow:auto}.warn{background:#fff4d6;padding:.6em 1em}`;

/** What a benchmark found, as one page without scripts. Pure. */
export function pageOf(
  run: Run,
  results: readonly Result[],
  {
    baseline,
    kinds,
    host,
  }: { readonly baseline: string; readonly kinds: readonly PathKind[]; readonly host: Host },
): string {
  const rows = compared(results, baseline);
  const verdict = verdictOf(results, baseline);
  const tests = [...Map.groupBy(rows, ({ test }) => test)];
  const body = [
    '<h1>Container networks compared</h1>',
    warningOf(disturbedText(rows)),
    ...verdictLines(verdict, kinds),
    ...tests.flatMap(([test, own]) => [
      `<h2>${escaped(test)}</h2>`,
      barsOf(own, baseline, (row) => figureText(row.figure, row.median)),
      tableOf(own),
    ]),
    '<h2>How it was measured</h2>',
    `<p>${escaped(howText(run, results, baseline, host))}</p>`,
  ];
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Container networks compared</title><style>${style}</style></head><body>\n${body.filter(Boolean).join('\n')}\n</body></html>\n`;
}

function warningOf(text: string | undefined): string {
  return text === undefined ? '' : `<p class="warn">${escaped(text)}</p>`;
}

function verdictLines(verdict: Verdict | undefined, kinds: readonly PathKind[]): string[] {
  if (!verdict)
    return [
      '<p>No two networks were measured by all tests in any round: nothing can be said of which is better.</p>',
    ];
  const kind = kinds.find(({ name }) => name === verdict.best);
  return [
    `<p><strong>${escaped(verdict.best)}</strong> served best, over all tests alike.</p>`,
    `<ul>${verdict.others.map((other) => `<li>${escaped(beatenText(other, verdict.rounds))}</li>`).join('')}</ul>`,
    ...(kind
      ? [
          '<h2>What it has, and has not</h2>',
          `<ul>${kind.traits.map((trait) => `<li>${escaped(trait)}</li>`).join('')}</ul>`,
          '<h2>To choose it</h2>',
          `<pre>${escaped(kind.lines)}</pre>`,
        ]
      : []),
  ];
}

/** Of five rounds even those that all agree may do so by chance: that is said with the figure. */
function beatenText({ path, times, won, chance }: Beaten, rounds: number): string {
  const sure = chance <= 0.05 ? 'it is not likely that chance did that' : 'chance may have done that';
  return `${times.toFixed(2)} times as good as ${path}, and better in ${won} of ${rounds} rounds: ${sure} (p = ${chance.toFixed(3)})`;
}

function tableOf(rows: readonly Compared[]): string {
  const lines = rows.map((row) => {
    const cells = [
      row.path,
      figureText(row.figure, row.median),
      `${figureText(row.figure, row.least)} to ${figureText(row.figure, row.most)}`,
      row.ofBaseline === null ? '' : `${row.ofBaseline.toFixed(2)} of the host`,
      besides(row.figures),
      linksText(row.links),
      row.failures.join('; '),
    ];
    return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  return `<table>${lines.join('')}</table>`;
}

function howText(run: Run, results: readonly Result[], baseline: string, host: Host): string {
  return `${results.length} turns of ${run.seconds} s in ${run.rounds} rounds, from ${run.began}, in an order that follows from the seed ${run.seed}, ${run.node === undefined ? 'within one host' : `to node ${run.node}`}: from ${host.name}, Linux ${host.kernel}, ${host.processors}. Bars are medians of the rounds, with a line from the least to the most; each is compared with what ${baseline} gave in the same round.`;
}
