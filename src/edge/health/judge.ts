import type { ServiceView, ViewCopy } from '../view/view.ts';
import { targetOf } from './targets.ts';

/** What checks say of a copy, by the key of its target. */
type IsDown = (target: string) => boolean;

/**
 * A service as it is answered while some of its copies do not answer: those are out, and where none of the chosen is left
 * the next site's are chosen. If none at all answers, it is more likely that nobody can be reached from here: then all is
 * as it was told. Pure.
 */
export function judge(service: ServiceView, isDown: IsDown): ServiceView {
  const { left, lost } = partition(service, isDown);
  const [first] = left;
  return first ? without(service, left, lost, ({ site }) => site === first.site) : service;
}

/**
 * A service as a proxy leads to it that finds some of its copies down: of those that are spare it takes the first, and where
 * none answers it leads nowhere. Pure.
 */
export function judgeProxied(service: ServiceView, isDown: IsDown): ServiceView {
  const { left, lost } = partition(service, isDown);
  return without(service, left, lost, (copy) => copy === left[0]);
}

function partition({ ports, copies }: ServiceView, isDown: IsDown) {
  const live = copies.filter(({ verdict }) => verdict !== 'out');
  const isLost = (copy: ViewCopy) => isDown(targetOf({ ports }, copy)?.key ?? '');
  return { left: live.filter((copy) => !isLost(copy)), lost: live.filter(isLost) };
}

/** @param takesOver which of the spare ones do when none of the chosen is left */
function without(
  service: ServiceView,
  left: readonly ViewCopy[],
  lost: readonly ViewCopy[],
  takesOver: (copy: ViewCopy) => boolean,
): ServiceView {
  if (lost.length === 0) return service;
  const isLeft = left[0]?.verdict === 'chosen';
  const copies = [
    ...left.map((copy) => (!isLeft && takesOver(copy) ? instead(copy) : copy)),
    ...lost.map((copy): ViewCopy => ({ ...copy, verdict: 'out', reason: 'does not answer' })),
    ...service.copies.filter(({ verdict }) => verdict === 'out'),
  ];
  return { ...service, copies };
}

function instead(copy: ViewCopy): ViewCopy {
  return { ...copy, verdict: 'chosen', reason: `${copy.reason}; nearest that answers` };
}
