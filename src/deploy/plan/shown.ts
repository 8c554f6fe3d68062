import { scaleFigure } from '../../descriptor/scaling.ts';
import { replicaPods } from '../../selector/replica-pods.ts';
import type { DeploymentSpec, NetworkChoice, ScalingSpec } from '../../selector/spec.ts';
import type { Plan, StepKind } from '../step.ts';

/** A plan as it is shown: without what its steps are carried out with, which holds values that are nobody's to see. */
export interface ShownPlan {
  readonly project: string;
  readonly steps: readonly ShownStep[];
  /** What is left alone although it differs from the file, and what to do about it. */
  readonly warnings: readonly string[];
  /** Services whose replicas follow metrics, and how many there are to be first; absent: none do. */
  readonly scaling?: readonly ShownScaling[];
  /** Networks that were to be chosen, what they are, and why; absent: there are none. */
  readonly networks?: readonly ShownChoice[];
}

export type ShownChoice = Omit<NetworkChoice, 'cautions'>;

export interface ShownScaling extends Pick<ScalingSpec, 'service' | 'min' | 'max'> {
  readonly replicas: number;
  /** `cpu 60%`, `packets 10000/s`. */
  readonly on: readonly string[];
}

/** Stable: `heddle plan --format json` prints these. */
export interface ShownStep {
  readonly id: string;
  readonly kind: StepKind;
  readonly subject: string;
  readonly reason: string;
  /** Ids of the steps that have to be done before. */
  readonly after: readonly string[];
  /** Who does it, where an application is over several nodes. */
  readonly node?: string;
}

export function shownPlan({ project, steps, warnings }: Plan): ShownPlan {
  return {
    project,
    warnings,
    steps: steps.map(({ id, kind, subject, reason, after }) => ({ id, kind, subject, reason, after })),
  };
}

export function shownChoices({ choices = [] }: DeploymentSpec): Pick<ShownPlan, 'networks'> {
  if (choices.length === 0) return {};
  return { networks: choices.map(({ cautions: _cautions, ...choice }) => choice) };
}

export function shownScaling({ scaling = [], pods }: DeploymentSpec): Pick<ShownPlan, 'scaling'> {
  if (scaling.length === 0) return {};
  return {
    scaling: scaling.map(({ service, min, max, on }) => ({
      service,
      replicas: replicaPods({ pods }, service).length,
      min,
      max,
      on: on.map(({ metric, target }) => `${metric} ${scaleFigure(metric, target)}`),
    })),
  };
}
