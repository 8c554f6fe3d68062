import { label } from '../../lib/labels.ts';
import { measure } from '../cost/measure.ts';
import { families } from './families.ts';
import { type FeatureMetrics, type Scrape, type Series, seriesOf } from './family.ts';
import type { ApplicationSnapshot } from './snapshot.ts';

/** Milliseconds that figures without counters are taken over. */
const window = 60_000;

export interface Sources extends Omit<Scrape, 'since'> {
  readonly overBudget: ApplicationSnapshot['overBudget'];
  readonly chains: ApplicationSnapshot['chains'];
  readonly scaling: ApplicationSnapshot['scaling'];
  readonly jobs: ApplicationSnapshot['jobs'];
  /** What measures, by the feature's name. */
  readonly features: readonly { readonly name: string; readonly metrics?: FeatureMetrics }[];
}

/** Asks everything that an application has. A feature that does not answer spoils nothing but its own figures. */
export async function gather({
  overBudget,
  chains,
  scaling,
  jobs,
  features,
  ...sources
}: Sources): Promise<Series[]> {
  const { engine, spec } = sources;
  const now = Date.now();
  const scrape: Scrape = { ...sources, since: now - window };
  const there = new Set(spec.features.map(({ feature }) => feature));
  const asked = features.filter(({ name, metrics }) => metrics !== undefined && there.has(name));
  const containers = await engine.workloads.containers(spec.project);
  const [used, ...answers] = await Promise.all([
    measure(spec.project, containers, now),
    ...asked.map(({ metrics }) => metrics?.(scrape).catch(() => undefined)),
  ]);
  const snapshot = {
    containers: containers.map(({ labels, state }) => ({ role: labels[label.role] ?? '', state })),
    used,
    overBudget,
    chains,
    scaling,
    jobs,
    answered: Object.fromEntries(asked.map(({ name }, index) => [name, answers[index] !== undefined])),
  };
  return [...seriesOf(families, snapshot), ...answers.flatMap((series) => series ?? [])];
}
