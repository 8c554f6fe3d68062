import { inNamespace, type Namespace } from '../../ip.ts';
import { listOf } from '../../json-of.ts';

/** What waits at an end of a wire within a function. */
export interface Queue {
  /** `o-2`, `i-1a2b3c4d.1`. */
  readonly device: string;
  readonly kind: string;
  readonly packets: number;
  readonly bytes: number;
  /** Packets, since it is there. */
  readonly drops: number;
}

/** What `tc -j -s qdisc show` prints; only what is read. */
interface Qdisc {
  readonly kind: string;
  readonly dev?: string;
  readonly root?: boolean;
  readonly qlen?: number;
  readonly backlog?: number;
  readonly drops?: number;
}

/** An end that sends on at once has none. */
const none = 'noqueue';

/** @throws HeddleError ERR_NETWORK, SyntaxError */
export async function readQueues(namespace: Namespace): Promise<Queue[]> {
  return queuesIn(listOf<Qdisc>(await inNamespace(namespace, ['tc', '-j', '-s', 'qdisc', 'show'])));
}

/** Pure. */
export function queuesIn(qdiscs: readonly Qdisc[]): Queue[] {
  return qdiscs.flatMap(({ kind, dev, root, qlen = 0, backlog = 0, drops = 0 }) =>
    root === true && kind !== none && dev !== undefined
      ? [{ device: dev, kind, packets: qlen, bytes: backlog, drops }]
      : [],
  );
}

/** Those of one direction. Pure. */
export function queuedTogether(queues: readonly Queue[]): Omit<Queue, 'device'> | undefined {
  const [first] = queues;
  if (!first) return undefined;
  const sumOf = (figure: 'packets' | 'bytes' | 'drops') => queues.reduce((sum, one) => sum + one[figure], 0);
  return { kind: first.kind, packets: sumOf('packets'), bytes: sumOf('bytes'), drops: sumOf('drops') };
}
