import * as z from '../../lib/zod.ts';
import { dnsLabel, noHttpAtLayer4, publicationWords, reachOf } from '../publication-words.ts';
import { closed, integer, number, withShort } from './values.ts';

const words = publicationWords({
  positive: number.refine((n) => n > 0, 'expected a number above 0'),
  portNumber: integer.refine((n) => n >= 1 && n <= 65_535, 'expected a port from 1 to 65535'),
});

/** `target` is the port inside the service. */
const port = closed({ ...words.port, target: words.portNumber.optional() }).refine(
  noHttpAtLayer4.holds,
  noHttpAtLayer4.otherwise,
);

/** `x-heddle.edge`: that a service is published at the edge. */
export const serviceEdge = withShort(
  closed({
    as: dnsLabel.optional(),
    namespace: dnsLabel.optional(),
    ports: z.record(dnsLabel, port).optional(),
    ...reachOf(words, closed),
  }).meta({ description: 'Publishes the service at the edge: clients find it by name, and are led to it.' }),
  z.boolean(),
);
