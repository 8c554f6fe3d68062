import type { ImageSource, PodSpec } from '../../selector/spec.ts';
import type { Planning } from './planning.ts';

/** Images that are missing, or that the owner wants anew. Healing makes no images: that is long, and `up`'s to do. */
export function planImages(planning: Planning, pods: readonly PodSpec[]): void {
  if (planning.options.mode === 'heal') return;
  for (const pod of pods) {
    if (pod.sandbox.kind === 'own') planImage(planning, pod.sandbox.image);
    for (const container of pod.containers) planImage(planning, container.image);
  }
}

/** The steps a container of this image has to wait for. */
export function imageSteps({ builder }: Planning, reference: string): string[] {
  return builder.idsOf('obtainImage', [reference]);
}

/** Adds the step for one image, after those for the images that it is built from. Returns the ids to wait for. */
function planImage(planning: Planning, reference: string): string[] {
  const { spec, observed, options, builder } = planning;
  const source = spec.images[reference];
  if (!source) return [];
  const present = observed.images[reference] !== undefined;
  const anew = wantedAnew(source, options.build === true);
  if (present && anew === undefined) return [];
  const after = basesOf(source).flatMap((base) => planImage(planning, base));
  const reason = present && anew !== undefined ? anew : 'it is not present';
  return [builder.add('obtainImage', reference, { reference, source }, reason, after)];
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
