import type { ObservedContainer } from '../engines/observed.ts';
import { composeLabel, label } from '../lib/labels.ts';

export function serviceOf({ labels }: ObservedContainer): string {
  return labels[label.service] ?? '';
}

/** Of the replica; null for what is none. */
export function indexOf({ labels }: ObservedContainer): number | null {
  const index = Number(labels[composeLabel.index]);
  return Number.isInteger(index) && index > 0 ? index : null;
}
