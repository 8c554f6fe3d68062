import type { Catalogue } from '../catalogue/load.ts';
import type { Template } from '../catalogue/template.ts';
import type { Application, FeatureParameters } from '../descriptor/application.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Diagnostic } from '../lib/errors.ts';

type Path = readonly (string | number)[];
type AddDiagnostic = (path: Path, diagnostic: Omit<Diagnostic, 'severity' | 'at'>) => void;

/** A feature that follows from an objective, with the parameters that watch over it. */
interface IntendedRequest {
  readonly feature: string;
  readonly request: FeatureParameters;
  readonly path: Path;
}

/** An objective is to be decided within a minute, by at least three samples beyond the figure that it limits. */
const minute = 60_000;
const beyond = 3;
/** Milliseconds between two samples: what is measured at ease, and what costs most. */
const slowest = 1000;
const fastest = 10;

/** The features that an application's objectives ask for: the first template that knows all figures of one makes it. */
export function intendedRequests(
  { objectives }: Pick<Application, 'objectives'>,
  catalogue: Catalogue,
  report: AddDiagnostic,
): IntendedRequest[] {
  const templates = Object.values(catalogue.templates);
  const known = [...new Set(templates.flatMap(({ objectives: can }) => can?.figures ?? []))];
  return objectives.flatMap((objective, index) => {
    const path = ['x-heddle', 'objectives', index];
    const figures = Object.keys(objective).filter((key) => key !== 'from' && key !== 'to');
    const template = templates.find(
      ({ objectives: can }) => can && figures.every((figure) => can.figures.includes(figure)),
    );
    if (template && figures.length > 0) {
      return { feature: template.feature, request: requestFor(template, objective, figures), path };
    }
    const odd = figures.find((figure) => !known.includes(figure));
    report(odd === undefined ? path : [...path, odd], {
      code: 'ERR_FEATURE_PARAMETER',
      message:
        odd === undefined
          ? `${path.join('.')}: it limits nothing`
          : `${[...path, odd].join('.')}: no feature measures "${odd}"`,
      hint: (odd && didYouMean(odd, known)) ?? `there is: ${known.toSorted().join(', ')}`,
    });
    return [];
  });
}

function requestFor(
  { objectives }: Template,
  { from, to, ...limits }: FeatureParameters,
  figures: readonly string[],
): FeatureParameters {
  if (!objectives) return {};
  const interval = Math.min(...figures.map((figure) => intervalFor(figure, limits[figure])));
  return { from, to, [objectives.limits]: limits, [objectives.interval]: `${interval}ms` };
}

/** Milliseconds between samples so that enough of them lie beyond a percentile, or a loss, within a minute. */
export function intervalFor(figure: string, limit: unknown): number {
  const share =
    figure === 'loss' ? Number.parseFloat(String(limit)) / 100 : 1 - Number(figure.slice(1)) / 100;
  const needed = Number.isFinite(share) && share > 0 ? beyond / share : 0;
  return Math.round(Math.min(slowest, Math.max(fastest, minute / needed)));
}
