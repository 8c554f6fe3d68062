import type { ImageTable } from './images.ts';
import type { PodTable } from './pod-table.ts';
import type { FeatureInstance } from './spec.ts';

/** A deployment specification in the making. */
export interface Deployment {
  readonly project: string;
  readonly images: ImageTable;
  readonly pods: PodTable;
  readonly features: FeatureInstance[];
}
