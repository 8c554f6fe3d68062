import { figureOf } from './choose.ts';
import type { ServiceView, ViewCopy } from './view.ts';

/** A figure may be off by this share, or by so many milliseconds: less changes no choice either. */
const share = 0.2;
const milliseconds = 2;

/**
 * Whether what a site was told of a service still tells what it needs: nothing is different but distances, by little.
 * Distances are measured all the time, and each that were told would be told of every service with a copy there.
 */
export function stillHolds(sent: ServiceView, now: ServiceView): boolean {
  return (
    now.copies.every((copy, index) => isNear(sent.copies[index], copy)) &&
    JSON.stringify(withoutFigures(sent)) === JSON.stringify(withoutFigures(now))
  );
}

function isNear(sent: ViewCopy | undefined, now: ViewCopy): boolean {
  if (!sent) return false;
  const pairs = [
    [sent.distance, now.distance],
    [sent.error, now.error],
  ];
  return pairs.every(([one, other]) => {
    const [a, b] = [one ?? 0, other ?? 0];
    return Math.abs(a - b) <= Math.max(milliseconds, Math.max(a, b) * share);
  });
}

function withoutFigures(service: ServiceView) {
  const copies = service.copies.map((copy) => ({ ...copy, distance: 0, error: 0, reason: whyOf(copy) }));
  return { ...service, copies };
}

/** Why a copy is where it is in the order, but for how far it is; of one that is kept, it is that alone. */
function whyOf({ distance, error, basis, kept, reason }: ViewCopy): string {
  if (kept) return '';
  const figure = figureOf({ milliseconds: distance ?? 0, error, basis });
  return reason.startsWith(figure) ? reason.slice(figure.length) : reason;
}
