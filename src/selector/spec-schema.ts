import { MAX_REPLICAS } from '../descriptor/allowance.ts';
import { hookNames, hookTime } from '../descriptor/function-hooks.ts';
import { scaleMetrics } from '../descriptor/scaling.ts';
import { isLabel } from '../lib/dns-label.ts';
import { isImageReference, isName, nameRules } from '../lib/names.ts';
import * as z from '../lib/zod.ts';
import { functionKindNames, kindNamed } from '../networks/path/kinds.ts';

/** Names as they may stand in a specification that comes over the API; more than this nobody deploys on one host. */
const most = { pods: 5000, containers: 100, path: 256, chains: 64, entries: 5000 } as const;

const project = z.string().regex(nameRules.project, 'is no name of a project');
const container = z.string().regex(nameRules.container, 'is no name of a container');
const key = z.string().refine((name) => isName('key', name), 'is no name');
const text = z.string().max(1_000_000);
const image = z.string().refine(isImageReference, 'is no name of an image');
/** The engine's own names of networks, volumes and containers: never a path. */
const named = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'is no name')
  .max(255);
const record = (value: z.ZodType) => z.record(z.string().max(1000), value);

const site = z.string().refine(isLabel, 'is no name of a site');
const node = z.string().regex(nameRules.node, 'is no name of a node');

const owner = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'is no name of an archetype');

/** A place in the application's folder: it leads nowhere else. */
const place = z
  .string()
  .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'is no place in the state folder')
  .refine((name) => !name.split('/').some((part) => /^\.+$/.test(part)), 'leads out of the state folder');

const mount = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('bind'), source: z.string().startsWith('/'), target: text }),
  z.looseObject({ type: z.literal('volume'), source: named.optional(), target: text }),
  z.looseObject({ type: z.literal('tmpfs'), target: text }),
  z.looseObject({ type: z.literal('state'), source: place, target: text, readOnly: z.boolean() }),
  z.looseObject({ type: z.literal('secret'), name: place, keys: z.array(z.string()), target: text }),
  z.looseObject({
    type: z.literal('file'),
    target: text,
    content: z.union([z.looseObject({ file: text }), z.looseObject({ inline: text })]),
  }),
]);

const restart = z.looseObject({ condition: z.enum(['no', 'always', 'on-failure', 'unless-stopped']) });

const containerSpec = z.looseObject({
  name: container,
  key: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'is no name within a pod'),
  role: z.enum(['application', 'agent', 'collector']),
  image,
  environment: record(text),
  labels: record(text),
  mounts: z.array(mount).max(most.entries),
  resources: z.looseObject({ limits: z.looseObject({}), reservations: z.looseObject({}) }),
  restart,
  stopGracePeriod: z.number(),
  dependsOn: z.array(z.looseObject({ service: key, condition: z.string(), restart: z.boolean() })),
  outputsOf: z.array(key).max(most.path).optional(),
});

const sandbox = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('own'),
    name: container,
    image,
    networks: z
      .array(z.looseObject({ network: named, owner: owner.optional(), aliases: z.array(z.string()) }))
      .max(most.entries),
    ports: z
      .array(
        z.looseObject({
          target: z.number().int().min(1).max(65_535),
          protocol: z.enum(['tcp', 'udp', 'sctp']),
        }),
      )
      .max(70_000),
    extraHosts: z.array(z.looseObject({ host: z.string(), address: z.string() })),
    dns: z.array(z.string()),
    dnsSearch: z.array(z.string()),
    dnsOptions: z.array(z.string()),
    sysctls: record(z.string()),
  }),
  z.looseObject({ kind: z.literal('pod'), pod: container }),
  z.looseObject({ kind: z.literal('container'), container: named }),
  z.looseObject({ kind: z.literal('host') }),
]);

const pathFunction = z.union(
  functionKindNames.map((kind) =>
    z.looseObject({ kind: z.literal(kind), pod: container, settings: kindNamed(kind).schema }),
  ),
);

const ports = z
  .array(
    z.looseObject({
      protocol: z.enum(['tcp', 'udp']),
      from: z.number().int().min(1).max(65_535),
      to: z.number().int().min(1).max(65_535),
    }),
  )
  .max(most.entries);
const side = z.enum(['from', 'to']);
const onFailure = z.enum(['closed', 'open']);

const podChain = z.looseObject({
  chain: key,
  side,
  peer: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('service'), service: key }),
    z.looseObject({ kind: z.literal('network'), network: named }),
    z.looseObject({ kind: z.literal('outside') }),
  ]),
  ports,
  path: z.array(container).min(1).max(most.path),
  instances: z.record(key, z.array(container).min(1)).optional(),
  onFailure,
});

const timeout = z.number().positive().max(hookTime.longest);
const hook = z.union([
  z.strictObject({ command: z.array(text).min(1).max(most.containers), timeout }),
  z.strictObject({
    http: z.strictObject({
      port: z.number().int().min(1).max(65_535),
      path: z.string().regex(/^\/[\x21-\x7e]{0,1023}$/, 'is no path'),
    }),
    timeout,
  }),
]);

const forwards = z.looseObject({
  mode: z.enum(['wire', 'route', 'proxy']),
  port: z.number().int().min(1).max(65_535).optional(),
  probe: z
    .array(
      z.discriminatedUnion('protocol', [
        z.looseObject({ protocol: z.literal('icmp') }),
        z.looseObject({ protocol: z.enum(['tcp', 'udp']), port: z.number().int().min(1).max(65_535) }),
      ]),
    )
    .max(most.path),
  pod: container.optional(),
  service: key.optional(),
  hooks: z.partialRecord(z.enum(hookNames), hook).optional(),
  drain: z.number().min(0).optional(),
  order: z.literal('start-first').optional(),
});

const chain = z.looseObject({
  name: key,
  from: key,
  to: key,
  ports,
  through: z.array(key).min(1).max(most.path),
  onFailure,
  at: side,
});

const pod = z.looseObject({
  name: container,
  role: z.enum(['service', 'agent', 'collector', 'function', 'oneoff']),
  service: key.optional(),
  index: z.number().int().min(1).optional(),
  place: site.optional(),
  sandbox,
  containers: z.array(containerSpec).max(most.containers),
  management: z.looseObject({ address: z.string().regex(/^[0-9a-f:]+$/), isolated: z.boolean() }).optional(),
  path: z.array(container).max(most.path),
  chains: z.array(podChain).max(most.chains).optional(),
  function: pathFunction.optional(),
  forwards: forwards.optional(),
});

const scaling = z
  .looseObject({
    service: key,
    min: z.number().int().min(1).max(MAX_REPLICAS),
    max: z.number().int().min(1).max(MAX_REPLICAS),
    on: z
      .array(z.looseObject({ metric: z.enum(scaleMetrics), target: z.number().positive() }))
      .min(1)
      .max(scaleMetrics.length),
    every: z.number().min(1000),
    warmup: z.number().min(0),
    stabilization: z.looseObject({ up: z.number().min(0), down: z.number().min(0) }),
  })
  .refine(({ min, max }) => min <= max, 'has more replicas at least than at most');

const job = z.looseObject({
  service: key,
  workers: z.number().int().min(1).max(MAX_REPLICAS),
  retries: z.number().int().min(0),
  network: named.optional(),
  progressDeadline: z.number().positive().optional(),
});

const farPod = z.looseObject({
  name: container,
  service: key,
  node,
  container,
  networks: z.array(named).max(most.entries),
  restart,
});

const resource = z.looseObject({
  name: named,
  key,
  external: z.boolean(),
  driverOptions: record(z.string()),
  labels: record(z.string()),
});

interface InPath {
  readonly name: string;
  readonly path: readonly string[];
  readonly chains?: readonly { readonly path: readonly string[] }[] | undefined;
  readonly function?: { readonly pod: string } | undefined;
  readonly forwards?: { readonly pod?: string | undefined } | undefined;
}

/** Whether what traffic is to pass is there, and made for it: otherwise it would pass nothing, and reach the pod all the same. */
function hasItsFunctions({ pods }: { readonly pods: readonly InPath[] }): boolean {
  const known = new Map(pods.map((one) => [one.name, one]));
  return pods.every(({ name, path, chains = [] }) => {
    const isMade = (fn: string) => known.get(fn)?.function?.pod === name;
    const isLent = (fn: string) => {
      const forwarding = known.get(fn)?.forwards;
      return forwarding !== undefined && (forwarding.pod ?? name) === name;
    };
    return path.every(isMade) && chains.every((one) => one.path.every((fn) => isMade(fn) || isLent(fn)));
  });
}

/** What a deployment specification has to be when it comes from a client: `DeploymentSpec` in `spec.ts`. */
export const deploymentSpec = z
  .looseObject({
    project,
    source: z.looseObject({ dir: z.string(), files: z.array(z.string()) }),
    images: z.record(image, z.looseObject({ kind: z.enum(['registry', 'build', 'catalogue', 'base']) })),
    networks: z.array(resource.extend({ owner, ipam: z.array(z.looseObject({})) })).max(most.entries),
    volumes: z.array(resource).max(most.entries),
    pods: z.array(pod).max(most.pods),
    features: z
      .array(
        z.looseObject({
          feature: z.string().regex(nameRules.feature, 'is no name of a feature'),
          parameters: z.record(z.string(), z.unknown()),
          agents: z.array(z.looseObject({ pod: container, container })),
        }),
      )
      .max(most.entries),
    chains: z.array(chain).max(most.entries).optional(),
    scaling: z.array(scaling).max(most.entries).optional(),
    choices: z
      .array(
        z.looseObject({
          network: key,
          archetype: owner,
          reason: text,
          cautions: z.array(text).max(most.containers),
        }),
      )
      .max(most.entries)
      .optional(),
    jobs: z.array(job).max(most.entries).optional(),
    elsewhere: z.array(farPod).max(most.pods).optional(),
  })
  .refine(hasItsFunctions, { path: ['pods'], message: 'lead through what is no function of theirs' });
