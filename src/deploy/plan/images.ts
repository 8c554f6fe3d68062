import type { ImageSource, PodSpec } from '../../selector/spec.ts';
import type { Plan } from '../step.ts';
import { PlanBuilder } from './builder.ts';
import type { Planning } from './planning.ts';

/** Images that are missing, or that the owner wants anew. Healing makes no images: that is long, and `up`'s to do. */
export function planImages({ spec, observed, options, builder }: Planning, pods: readonly PodSpec[]): void {
  if (options.mode === 'heal') return;
  const add = adding(builder, spec.images, {
    isPresent: (reference) => observed.images[reference] !== undefined,
    anewBecause: (_reference, source) => wantedAnew(source, options.build === true),
  });
  for (const pod of pods) {
    if (pod.sandbox.kind === 'own') add(pod.sandbox.image);
    for (const container of pod.containers) add(container.image);
  }
}

/** The steps a container of this image has to wait for. */
export function imageSteps({ builder }: Planning, reference: string): string[] {
  return builder.idsOf('obtainImage', [reference]);
}

/** Builds images that are missing, and with `noCache` or `anew` those that are present, too. `anew`: why. */
export function imagesPlan(
  sources: Readonly<Record<string, ImageSource>>,
  present: ReadonlySet<string>,
  wanted: readonly string[],
  noCache: boolean,
  anew?: string,
): Plan {
  const builder = new PlanBuilder();
  const isAnew = (reference: string) => (noCache || anew !== undefined) && wanted.includes(reference);
  const entries = Object.entries(sources).map(([reference, source]): [string, ImageSource] => [
    reference,
    isAnew(reference) && noCache && source.kind === 'catalogue' ? { ...source, noCache } : source,
  ]);
  const add = adding(builder, Object.fromEntries(entries), {
    isPresent: (reference) => present.has(reference),
    anewBecause: (reference) => (isAnew(reference) ? (anew ?? '--no-cache') : undefined),
  });
  for (const reference of wanted) add(reference);
  return builder.build('catalogue');
}

/** Pulls images, or pushes them, each by itself. */
export function transferPlan(kind: 'pullImage' | 'pushImage', wanted: readonly string[]): Plan {
  const builder = new PlanBuilder();
  const reason = `${kind === 'pullImage' ? 'pull' : 'push'} was asked for`;
  for (const reference of wanted) builder.add(kind, reference, { reference }, reason);
  return builder.build('images');
}

/** Adds the step for an image, after those for the images that it is built from. Returns the ids to wait for. */
function adding(
  builder: PlanBuilder,
  sources: Readonly<Record<string, ImageSource>>,
  {
    isPresent,
    anewBecause,
  }: {
    readonly isPresent: (reference: string) => boolean;
    readonly anewBecause: (reference: string, source: ImageSource) => string | undefined;
  },
): (reference: string) => string[] {
  const add = (reference: string): string[] => {
    const source = sources[reference];
    if (!source) return [];
    const present = isPresent(reference);
    const anew = anewBecause(reference, source);
    if (present && anew === undefined) return [];
    const after = basesOf(source).flatMap(add);
    const reason = present && anew !== undefined ? anew : 'it is not present';
    return [builder.add('obtainImage', reference, { reference, source }, reason, after)];
  };
  return add;
}

/** Images of the same deployment that one is built from: `FROM ${BASE}` with BASE among the build's arguments. */
function basesOf(source: ImageSource): string[] {
  if (source.kind === 'catalogue') return source.base === undefined ? [] : [source.base];
  return source.kind === 'build' ? Object.values(source.args) : [];
}

function wantedAnew(source: ImageSource, build: boolean): string | undefined {
  if (source.kind === 'registry' && source.policy === 'always') return 'pull_policy is always';
  if (source.kind === 'build' && source.always) return 'pull_policy is build';
  if (source.kind === 'build' && build) return '--build';
  return undefined;
}
