import * as z from '../../lib/zod.ts';

/** Keeps the epoch. It stays on a Lease that nobody holds. */
const epochAnnotation = 'heddle.io/edge-epoch';

/** A Lease (coordination.k8s.io/v1) as far as it is looked at; what else is in it stays. */
export const leaseRecord = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z
    .looseObject({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      leaseTransitions: z.number().nullish(),
      renewTime: z.string().nullish(),
    })
    .default({}),
});
export type LeaseRecord = z.infer<typeof leaseRecord>;

/** What a holder writes into it. */
export interface Holding {
  readonly holder: string;
  readonly epoch: number;
  /** Seconds. */
  readonly duration: number;
}

/** A Lease that is not there yet, with its holder. */
export function created(name: string, holding: Holding, now: Date, transitions = 0) {
  const annotations = { [epochAnnotation]: String(holding.epoch) };
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, annotations },
    spec: { ...held(holding, microTime(now)), acquireTime: microTime(now), leaseTransitions: transitions },
  };
}

/** The Lease with another holder. */
export function taken(lease: LeaseRecord, holding: Holding, now: Date) {
  const changed = kept(lease, holding, now);
  const leaseTransitions = transitionsOf(lease) + 1;
  return { ...changed, spec: { ...changed.spec, acquireTime: microTime(now), leaseTransitions } };
}

/** The Lease with the same holder, for its whole time again. */
export function kept(lease: LeaseRecord, holding: Holding, now: Date) {
  const annotations = { ...lease.metadata.annotations, [epochAnnotation]: String(holding.epoch) };
  // What is written twice alike is no change to the server, and who waits would see none: a clock may stand still.
  const time = microTime(now);
  const renewTime = time === lease.spec.renewTime ? time.replace('000Z', '001Z') : time;
  return {
    ...lease,
    metadata: { ...lease.metadata, annotations },
    spec: { ...lease.spec, ...held(holding, renewTime) },
  };
}

/** The Lease with no holder. */
export function freed(lease: LeaseRecord) {
  return { ...lease, spec: { ...lease.spec, holderIdentity: '' } };
}

export function holderOf({ spec }: LeaseRecord): string {
  return spec.holderIdentity ?? '';
}

/** Whether its holder gave it back: one that somebody made by hand says nothing of who held another before. */
export function isFreed(lease: LeaseRecord): boolean {
  return holderOf(lease) === '' && epochsOf(lease).length > 0;
}

/** The epoch that it was last held with, if it says one. */
export function epochsOf({ metadata }: LeaseRecord): number[] {
  const epoch = Number(metadata.annotations?.[epochAnnotation] ?? Number.NaN);
  return Number.isSafeInteger(epoch) ? [epoch] : [];
}

export function transitionsOf({ spec }: LeaseRecord): number {
  return spec.leaseTransitions ?? 0;
}

function held({ holder, duration }: Holding, renewTime: string) {
  return { holderIdentity: holder, leaseDurationSeconds: duration, renewTime };
}

/** Kubernetes' MicroTime has six digits after the second. It is for who looks at it: nobody compares clocks by it. */
function microTime(now: Date): string {
  return now.toISOString().replace('Z', '000Z');
}
