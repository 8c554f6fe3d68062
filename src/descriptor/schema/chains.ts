import * as z from '../../lib/zod.ts';
import { parseProbe, parseServicePorts } from '../chain-words.ts';
import { functionHooks } from './function-hooks.ts';
import { closed, converted, duration, integer, text, withShort } from './values.ts';

/** More than this nobody leads traffic through, and nobody writes. */
const most = { through: 16, ports: 64, probes: 16, chains: 1000 } as const;

const mode = z.enum(['wire', 'route', 'proxy']).meta({
  description:
    'How traffic passes it: wire hands on what comes in at one end at the other; route forwards IP by the routing of the kernel, and may change addresses and ports; proxy ends connections of TCP in its program, which opens its own.',
});

const probe = converted(text, parseProbe, 'icmp, tcp/PORT or udp/PORT').meta({
  description: 'icmp, tcp/PORT or udp/PORT',
});

/** `x-heddle.function`: that a service is a network function. */
export const serviceFunction = withShort(
  closed({
    mode,
    per: z
      .enum(['service', 'replica'])
      .meta({
        description:
          'service: its own pods, shared by all that is led through it; replica: one beside each pod that is led.',
      })
      .optional(),
    port: integer
      .refine((port) => port >= 1 && port <= 65_535, 'expected a port of 1 to 65535')
      .meta({
        description:
          'Of a proxy: the port of TCP at which its program listens for what is addressed to others (IP_TRANSPARENT).',
      })
      .optional(),
    drain: duration
      .meta({
        description:
          'How long flows may go on with an instance that goes while others stay, or take its place (default 1m).',
      })
      .optional(),
    probe: z
      .array(probe, { error: 'expected a list such as [icmp, tcp/80]' })
      .max(most.probes, `expected at most ${most.probes} probes`)
      .meta({ description: 'What a proof packet may be so that the function lets it pass.' })
      .optional(),
    hooks: functionHooks.optional(),
  }).meta({ description: 'Makes the service a network function, which chains lead traffic through.' }),
  mode,
);

/** A catalogue feature in a chain, with its parameters: apart, because editors offer those that traffic can pass. */
export const chainFeature = z
  .record(
    z.string().regex(/^[a-z][a-z0-9-]*$/, 'a feature has a name of small letters'),
    z.union([z.literal(true), z.record(z.string(), z.unknown())], {
      error: 'expected true, or a map of parameters',
    }),
  )
  .refine(
    (entry) => Object.keys(entry).length === 1,
    'expected one feature: each function of a chain is an item of the list of its own',
  );

const entry = z.union([text, chainFeature], {
  error: 'expected the name of a service that is a function, or one feature with its parameters',
});

const ports = converted(
  z.union([text, z.number()]),
  (written) => parseServicePorts(String(written)),
  'a port or a range of ports of tcp or udp, such as 80/tcp, 8000-8010/tcp or 53/udp',
);

const end = (description: string) => text.meta({ description });

const chain = closed({
  name: text
    .regex(
      /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/,
      'expected a name: letters, digits, ".", "_" and "-", at most 63',
    )
    .meta({ description: 'What the chain is called; no two are called the same.' }),
  from: end('Where connections come from: a service, a network of the file, or outside.'),
  to: end('Where they go to: a service, a network of the file, or outside.'),
  match: closed({
    ports: z
      .array(ports, { error: 'expected a list of ports such as [80/tcp, 53/udp]' })
      .min(1, 'expected one port or more: without `match` a chain is of everything')
      .max(most.ports, `expected at most ${most.ports} ports`)
      .meta({ description: 'Ports of the end that is connected to: 80/tcp, 8000-8010/tcp, 53/udp.' })
      .optional(),
  })
    .meta({ description: 'Which traffic is led through; without it, all between the ends.' })
    .optional(),
  through: z
    .array(entry, { error: 'expected a list of functions' })
    .min(1, 'expected one function or more: a chain through nothing leads nowhere')
    .max(most.through, `expected at most ${most.through} functions`)
    .meta({
      description:
        'The functions that the traffic passes, in the order in which it does on its way to the other end.',
    }),
  onFailure: z
    .enum(['closed', 'open'])
    .meta({
      description:
        'When a function is not there: closed lets nothing pass, open lets traffic pass without it.',
    })
    .optional(),
}).meta({ description: 'Traffic between two ends, and the network functions that it passes in order.' });

export const chains = z
  .array(chain, { error: 'expected a list of chains' })
  .max(most.chains, `expected at most ${most.chains} chains`);
