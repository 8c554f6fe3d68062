import type { PodSpec } from '../../selector/spec.ts';
import type { Planning } from './planning.ts';

/** Images that are missing, or that the owner wants anew. Healing makes no images: that is long, and `up`'s to do. */
export function planImages({ spec, observed, options, builder }: Planning, pods: readonly PodSpec[]): void {
  if (options.mode === 'heal') return;
  const needed = new Set(
    pods.flatMap((pod) => [
      ...(pod.sandbox.kind === 'own' ? [pod.sandbox.image] : []),
      ...pod.containers.map((container) => container.image),
    ]),
  );
  for (const reference of needed) {
    const source = spec.images[reference];
    if (!source) continue;
    const present = observed.images[reference] !== undefined;
    const anew = wantedAnew(source, options.build === true);
    if (present && !anew) continue;
    const after: string[] = [];
    if (source.kind === 'catalogue' && source.base !== undefined) {
      const base = spec.images[source.base];
      if (base && observed.images[source.base] === undefined) {
        const args = { reference: source.base, source: base };
        after.push(builder.add('obtainImage', source.base, args, 'the catalogue’s images are built from it'));
      }
    }
    builder.add(
      'obtainImage',
      reference,
      { reference, source },
      anew && present ? anew : 'it is not present',
      after,
    );
  }
}

function wantedAnew(source: Planning['spec']['images'][string], build: boolean): string | undefined {
  if (source.kind === 'registry' && source.policy === 'always') return 'pull_policy is always';
  if (source.kind === 'build' && source.always) return 'pull_policy is build';
  if (source.kind === 'build' && build) return '--build';
  return undefined;
}

/** The steps a container of this image has to wait for. */
export function imageSteps({ builder }: Planning, reference: string): string[] {
  return builder.idsOf('obtainImage', [reference]);
}
