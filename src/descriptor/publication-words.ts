import { isLabel } from '../lib/dns-label.ts';
import * as z from '../lib/zod.ts';

/** How a file has its numbers: as such, or as text too where variables are put in. */
interface Numbers {
  /** Above 0. */
  readonly positive: z.ZodType<number>;
  /** 1 to 65,535. */
  readonly portNumber: z.ZodType<number>;
}

export const dnsLabel = z
  .string()
  .refine(isLabel, 'expected a DNS label: small letters, digits and hyphens, at most 63');

const noPolicy = { pin: [], exclude: [], weights: {}, by: 'delay' as const };

/**
 * The words by which owners publish a service at the edge: the same under `x-heddle.edge` of a Compose file, in an edge file
 * and in an annotation of Kubernetes, and those of the node's API. Types, checks and the JSON Schema follow from this.
 */
export function publicationWords({ positive, portNumber }: Numbers) {
  const sites = z.array(dnsLabel).default([]);
  return {
    portNumber,
    /** A port as clients use it. */
    port: {
      port: portNumber,
      protocol: z.enum(['tcp', 'udp']).default('tcp'),
      application: z
        .enum(['http', 'stream'])
        .default('stream')
        .meta({ description: 'What the proxy understands of it: HTTP is led on by host and path.' }),
      layer: z
        .exactOptional(z.literal(4))
        .meta({ description: 'Connections are balanced as they are instead of proxied. So is all UDP.' }),
    },
    /** What an operator or owner decides over the measured delays. */
    policy: {
      pin: sites.meta({ description: 'Only these sites, nearest first.' }),
      exclude: sites.meta({ description: 'Never these sites.' }),
      weights: z
        .record(dnsLabel, positive)
        .default({})
        .meta({ description: 'By site: its delay counts as divided by this; 2 makes it look half as far.' }),
      by: z
        .enum(['delay', 'geography'])
        .default('delay')
        .meta({ description: 'By round trips, or by declared positions whatever is measured.' }),
    },
    steer: z.enum(['gateway', 'direct']).default('gateway').meta({
      description: 'Names lead to the client’s own gateway, whose proxy goes on, or directly to the copies.',
    }),
    failover: positive.default(5).meta({
      description: 'Seconds within which clients have to notice a failover that resolvers have to learn of.',
    }),
  };
}

export type PublicationWords = ReturnType<typeof publicationWords>;

/** What a port says, checked as a whole. */
export const noHttpAtLayer4 = {
  holds: ({ application, layer }: { readonly application: string; readonly layer?: 4 | undefined }) =>
    application === 'stream' || layer === undefined,
  otherwise: { path: ['layer'], message: 'HTTP is led on by host and path, which is not seen at layer 4' },
};

/** How a service is reached. `object` makes a map with these keys only. */
export function reachOf(words: PublicationWords, object: typeof z.strictObject) {
  const { steer, failover, policy } = words;
  return { steer, failover, policy: object(policy).default(noPolicy) };
}

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;
type Said<Words extends z.ZodRawShape> = Immutable<z.output<z.ZodObject<Words>>>;

/** How a service is chosen among its sites. */
export type PublishedPolicy = Said<PublicationWords['policy']>;
/** A port without its name. */
export type PortWords = Said<PublicationWords['port']>;
/** How clients are led to a service. */
export type Reach = Said<Pick<PublicationWords, 'steer' | 'failover'>> & { readonly policy: PublishedPolicy };
