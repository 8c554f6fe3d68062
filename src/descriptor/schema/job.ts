import * as z from '../../lib/zod.ts';
import { MAX_REPLICAS } from '../allowance.ts';
import { rendezvousKinds, usualJob } from '../job.ts';
import { closed, duration, integer, text } from './values.ts';

/** Milliseconds: a rank says where it is once a second or so, and longer nobody waits. */
const shortest = 2_000;
const longest = 86_400_000;

const between = (from: number, to: number, what: string) =>
  integer.refine((value) => value >= from && value <= to, `expected ${what}`);

/** `x-heddle.job`: the replicas of a service are the ranks of one piece of work. */
export const serviceJob = closed({
  workers: between(1, MAX_REPLICAS, `a number of ranks from 1 to ${MAX_REPLICAS}`).meta({
    description: 'How many ranks there are.',
  }),
  rendezvous: z
    .enum(rendezvousKinds, {
      error: ({ input }) =>
        input === 'mpi'
          ? 'mpi needs a launcher that starts the ranks itself, which Heddle does not have: expected torch or env'
          : `expected ${rendezvousKinds.join(' or ')}`,
    })
    .meta({
      description: `How ranks find each other: by the variables of torchrun, and gloo and NCCL on the job’s network; or by the common ones alone (default ${usualJob.rendezvous}).`,
    })
    .optional(),
  retries: between(0, 1000, 'a number from 0 to 1000')
    .meta({
      description: `How often at most all ranks are started again when one fails or is stuck (default ${usualJob.retries}).`,
    })
    .optional(),
  network: text
    .meta({ description: 'The network that ranks exchange data on (default: that of highest priority).' })
    .optional(),
  port: between(1, 65_535, 'a port')
    .meta({ description: `Where the first rank is found (default ${usualJob.port}).` })
    .optional(),
  connections: between(1, 64, 'a number from 1 to 64')
    .meta({
      description: `Connections from rank to rank: with several, a bond’s links are all used (default ${usualJob.connections}).`,
    })
    .optional(),
  checkpoint: text
    .refine(
      (path) => /^\/[^\0]*$/.test(path) && path.length < 4096,
      'expected an absolute path such as /data',
    )
    .meta({ description: 'Where the job keeps what it goes on from: on a volume, or a folder of the host.' })
    .optional(),
  progressDeadline: duration
    .refine((time) => time >= shortest && time <= longest, 'expected a duration of 2s to 24h')
    .meta({
      description:
        'After so long without progress a rank is stuck (default: 20 of its steps, and a minute at least).',
    })
    .optional(),
}).meta({
  description:
    'The replicas are the ranks of one piece of work, which are started, and started again, together.',
});
