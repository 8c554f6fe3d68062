import type { ServiceView, ViewCopy } from '../view/view.ts';
import { targetOf } from './targets.ts';

/**
 * A service as it is answered while some of its copies do not answer: those are out, and where none of the chosen is left
 * the next site's are chosen. If none at all answers, it is more likely that nobody can be reached from here: then all is
 * as it was told. Pure.
 * @param isDown by the key of a target
 */
export function judge(service: ServiceView, isDown: (target: string) => boolean): ServiceView {
  const isLost = (copy: ViewCopy) => copy.verdict !== 'out' && isDown(targetOf(service, copy)?.key ?? '');
  const lost = service.copies.filter(isLost);
  if (lost.length === 0) return service;
  const left = service.copies.filter((copy) => copy.verdict !== 'out' && !lost.includes(copy));
  const [first] = left;
  if (!first) return service;
  const copies = [
    ...left.map(
      (copy): ViewCopy => (first.verdict === 'spare' && copy.site === first.site ? instead(copy) : copy),
    ),
    ...lost.map((copy): ViewCopy => ({ ...copy, verdict: 'out', reason: 'does not answer' })),
    ...service.copies.filter(({ verdict }) => verdict === 'out'),
  ];
  return { ...service, copies };
}

function instead(copy: ViewCopy): ViewCopy {
  return { ...copy, verdict: 'chosen', reason: `${copy.reason}; nearest that answers` };
}
