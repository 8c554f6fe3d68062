import { type Job, usualJob } from '../job.ts';
import type { ServiceJob } from './context.ts';
import { present } from './present.ts';

/** What its replicas are the ranks of, if they are. */
export function toJob({ compose }: ServiceJob): Job | undefined {
  const written = compose['x-heddle']?.job;
  return (
    written &&
    present({
      ...written,
      rendezvous: written.rendezvous ?? usualJob.rendezvous,
      retries: written.retries ?? usualJob.retries,
      port: written.port ?? usualJob.port,
      connections: written.connections ?? usualJob.connections,
    })
  );
}
