import type { Application, Service } from '../descriptor/application.ts';
import type { Descriptor } from '../descriptor/index.ts';
import type { Scaling } from '../descriptor/scaling.ts';
import { formatPath } from '../descriptor/tree.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { hasOwnNamespace, modeName } from './feature-places.ts';
import { whyNotSeveral } from './function-services.ts';
import { scaleConflict } from './service-pods.ts';
import type { ScalingSpec } from './spec.ts';

export function scalingSpecs({ services }: Application): ScalingSpec[] {
  return Object.values(services).flatMap(({ name, scaling }) =>
    scaling ? [{ service: name, ...scaling }] : [],
  );
}

/** What is asked of services whose replicas follow metrics, and cannot be. `scale`: replicas by service, over the file's. */
export function scalingConflicts(
  { application: { services }, at }: Descriptor,
  scale: Readonly<Record<string, number>>,
): Diagnostic[] {
  return Object.values(services).flatMap((service) => {
    const { name, scaling } = service;
    if (!scaling) return [];
    const asked = (Object.hasOwn(scale, name) ? scale[name] : undefined) ?? service.replicas;
    return [
      ...bounds(scaling, asked),
      ...mostConflicts(service, scaling.max),
      ...metricConflicts(service, scaling),
    ].map(({ path, message, hint }): Diagnostic => {
      const where = ['services', name, 'x-heddle', 'scale', ...path];
      const text = `${formatPath(where)}: ${message}`;
      return { severity: 'error', code: 'ERR_COMPOSE_CONFLICT', message: text, at: at(where), hint };
    });
  });
}

interface Conflict {
  /** Below `scale`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string | undefined;
}

function bounds({ min, max }: Scaling, replicas: number): Conflict[] {
  if (replicas >= min && replicas <= max) return [];
  const message = `there are from ${min} to ${max} replicas, and not ${replicas}`;
  return [{ path: [], message, hint: 'ask for a number within, or change `min` or `max`' }];
}

/** What one replica can have, and not as many as there may be. */
function mostConflicts(service: Service, max: number): Conflict[] {
  if (max === 1) return [];
  const { function: fn, name } = service;
  const conflict = scaleConflict(service, max);
  const why = fn && whyNotSeveral(fn, max);
  return [
    ...(conflict ? [{ path: ['max'], message: conflict.message, hint: conflict.hint }] : []),
    ...(why ? [{ path: ['max'], message: `${name} ${why.message}`, hint: why.hint }] : []),
  ];
}

function metricConflicts(service: Service, { on }: Scaling): Conflict[] {
  return on.flatMap(({ metric }, index): Conflict[] => {
    const path = ['on', index, metric];
    if (metric === 'delay' && service.function === undefined) {
      const message = 'how long frames are in it is measured of network functions alone';
      return [{ path, message, hint: 'follow cpu, sessions or packets' }];
    }
    if (metric === 'cpu' || hasOwnNamespace(service)) return [];
    const message = `what reaches a replica is not known where its network namespace is not its own (network_mode: ${modeName(service)})`;
    return [{ path, message, hint: 'follow cpu, or give it networks of its own' }];
  });
}
