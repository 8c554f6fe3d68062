import { isLabel } from '../../lib/dns-label.ts';
import { nameRules } from '../../lib/names.ts';
import * as z from '../../lib/zod.ts';
import { MAX_REPLICAS } from '../allowance.ts';
import { chains, serviceFunction } from './chains.ts';
import { serviceEdge } from './edge.ts';
import { serviceJob } from './job.ts';
import { serviceScaling } from './scaling.ts';
import { boolean, closed, converted, duration, integer, text } from './values.ts';

/** How a feature may be asked for. What its parameters may be is its template's to say. */
const request = z.union(
  [z.boolean(), z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))],
  { error: 'expected true, false, a map of parameters, or a list of such maps' },
);

const requests = () =>
  z.record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'a feature has a name of small letters'), request);

/** `x-heddle.manage` of a service and of the application: apart, because editors offer other features in each. */
export const serviceManage = requests();
export const applicationManage = requests();

const site = text.refine(isLabel, 'expected the name of a site: small letters, digits and `-`, at most 63');

export const serviceHeddle = closed({
  manage: serviceManage.optional(),
  edge: serviceEdge.optional(),
  function: serviceFunction.optional(),
  scale: serviceScaling.optional(),
  job: serviceJob.optional(),
  place: z
    .union([site, z.array(site).min(1).max(MAX_REPLICAS)], {
      error: 'expected the name of a site, or a list of sites: small letters, digits and `-`, at most 63',
    })
    .meta({
      description:
        'The site where it runs, by a node that is there; or several, over which its replicas are dealt out evenly. Default: the node that is asked.',
    })
    .optional(),
  outputsOf: z
    .array(text, { error: 'expected a list of functions' })
    .max(100, 'expected at most 100 functions')
    .meta({
      description:
        'Functions whose outputs it reads, from /run/heddle/functions/NAME/outputs.json: it starts when they are configured.',
    })
    .optional(),
});
/** What has to hold between two services: which feature watches over it follows from the figures named. */
const objective = z
  .record(z.string(), z.unknown())
  .meta({ description: 'Two services and limits: { from: web, to: db, p99: 20ms, loss: 1% }' });

export const applicationHeddle = closed({
  manage: applicationManage.optional(),
  objectives: z.array(objective, { error: 'expected a list of objectives' }).optional(),
  chains: chains.optional(),
});
/** Who makes a network: the service of an archetype in place of the engine. Which there are, the node knows. */
/** Bits a second: `5G`, `100Mbit`, `2.5Gbit/s`. */
const rate = converted(
  text,
  (written) => {
    const [, digits, prefix = ''] = /^(\d+(?:\.\d+)?)\s*([kMGT]?)(?:bit(?:\/s)?)?$/.exec(written) ?? [];
    const value = Number(digits) * 1000 ** ' kMGT'.trimEnd().indexOf(prefix || ' ');
    return digits !== undefined && value > 0 && value < 1e15 ? value : undefined;
  },
  'bits a second such as 5G or 100Mbit',
);

const networkNeeds = closed({
  bandwidth: rate.meta({ description: 'Bits a second that it has to give at least: 5G.' }).optional(),
  p99: duration
    .refine((time) => time > 0, 'expected a duration such as 1ms')
    .meta({ description: 'What 99 of 100 questions may take, there and back: 1ms.' })
    .optional(),
  encrypted: boolean.meta({ description: 'Whether nobody on the way may read it.' }).optional(),
}).meta({ description: 'What a network that is `auto` has to give, by what was measured.' });

export const networkHeddle = closed({
  needs: networkNeeds.optional(),
  archetype: text
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'expected the name of an archetype, such as ip, or auto')
    .optional(),
  options: z
    .record(z.string(), z.unknown(), { error: 'expected a map of the archetype’s options' })
    .optional(),
  vlan: integer
    .refine((id) => id >= 1 && id <= 4094, 'expected a VLAN id of 1 to 4094')
    .meta({ description: 'Joins the network to those with the same id on other hosts, by the node’s edge' })
    .optional(),
  program: text
    .regex(nameRules.program, 'expected the name of a program: own for own.o')
    .meta({
      description:
        'What the network’s frames pass in the node’s edge: a program in the node’s folder for such',
    })
    .optional(),
});
