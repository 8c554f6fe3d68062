import * as z from '../../../lib/zod.ts';
import { directions, type ShaperLimits } from '../../../networks/path/shaper/limits.ts';
import { endOf } from '../../../networks/path/shaper/render.ts';
import type { ShaperRecord } from '../contract.ts';

/** What `tc -s -j qdisc show` prints of a queue; only what is read. */
const queues = z.array(
  z.object({
    kind: z.string(),
    dev: z.string().optional(),
    packets: z.number().default(0),
    bytes: z.number().default(0),
    drops: z.number().default(0),
    backlog: z.number().default(0),
  }),
);

type Reading = Omit<ShaperRecord, 'service' | 'pod' | 'chain'>;

/** The queues of each direction that is limited, added up. @throws SyntaxError, ZodError */
export function readQueues(json: string, limits: ShaperLimits): Reading[] {
  const all = queues.parse(JSON.parse(json)).filter(({ kind }) => kind === 'tbf');
  return directions.flatMap((direction): Reading[] => {
    const limit = limits[direction];
    if (!limit) return [];
    const own = all.filter(({ dev }) => dev?.startsWith(`${endOf[direction]}-`));
    const sum = (figure: 'packets' | 'bytes' | 'drops' | 'backlog') =>
      own.reduce((total, queue) => total + queue[figure], 0);
    const [packets, bytes, dropped, waiting] = [sum('packets'), sum('bytes'), sum('drops'), sum('backlog')];
    return [{ direction, rate: limit.rate, packets, bytes, dropped, waiting }];
  });
}
