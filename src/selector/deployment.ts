import type { ImageTable } from './images.ts';
import type { FeatureInstance, PodSpec } from './spec.ts';

/** A deployment specification in the making. */
export interface Deployment {
  readonly project: string;
  readonly images: ImageTable;
  pods: PodSpec[];
  readonly features: FeatureInstance[];
}
