import { nameRules } from '../lib/names.ts';
import * as z from '../lib/zod.ts';
import { functionKindNames, kindNamed } from '../networks/path/kinds.ts';
import { knownCapabilities, plainCapability } from './capabilities.ts';
import { engineCapabilities } from './needs.ts';
import { sharingLevels } from './sharing.ts';

const size = z.union([
  z.number().int().positive(),
  z.string().regex(/^\d+(\.\d+)?\s*([kKmMgG][bB]?|[bB])?$/),
]);
const limits = z.strictObject({
  cpus: z.number().positive().optional(),
  memory: size.optional(),
  pids: z.number().int().positive().optional(),
});
const environment = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({});
const cost = z.strictObject({ cpu: z.string(), memory: z.string() }).optional();
/** By the name that the kernel has for it, whichever way it is written: `CAP_NET_RAW`, `net_raw`. */
const capability = z
  .string()
  .transform(plainCapability)
  .refine((name) => knownCapabilities.has(name), 'is no capability (capabilities(7))');
const capabilities = z.array(capability).default([]);
const state = z
  .array(
    z.strictObject({
      /** Below a folder that bears the feature's name. */
      source: z.string().regex(/^[a-z][a-z0-9-]*(\/\$\{pod\.name\})?$/),
      target: z.string().startsWith('/'),
      readOnly: z.boolean().default(false),
    }),
  )
  .default([]);

const container = {
  /** Name of an image of the same catalogue folder, or any reference. */
  image: z.string().min(1),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  user: z.string().optional(),
  capabilities,
  /** More of them where a parameter is true: `{set.interfaces: [NET_ADMIN]}`. */
  capabilitiesIf: z.record(z.string(), capabilities).default({}),
  limits: limits.default({}),
  environment,
  state,
  /** Generated secrets, mounted as a file of lines `key=value`; agents of one service share them. */
  secrets: z
    .strictObject({ keys: z.array(z.string().regex(/^[a-z]+$/)).min(1), target: z.string().startsWith('/') })
    .optional(),
  cost,
  // What only a template that the user trusts may ask for.
  privileged: z.boolean().default(false),
  devices: z.array(z.string()).default([]),
  binds: z
    .array(
      z.strictObject({
        source: z.string().startsWith('/'),
        target: z.string().startsWith('/'),
        readOnly: z.boolean().default(true),
      }),
    )
    .default([]),
};

const agent = z.strictObject({
  ...container,
  /**
   * `replica`: one in the pod of each replica. `path`: in a pod of its own that all of a replica's traffic passes.
   * `from`/`to`: in a pod of its own beside the service at that end.
   */
  place: z.enum(['replica', 'path', 'from', 'to']).default('replica'),
  sharing: z.enum([...sharingLevels, 'host']),
});

const collector = z.strictObject({
  ...container,
  /** Where the secrets of all services are mounted, a file a service. */
  secretsFolder: z.string().startsWith('/').optional(),
  /** Ports on the management link, `2055/udp`. */
  listens: z.array(z.string().regex(/^\d+\/(tcp|udp)$/)).default([]),
});

const shape = z.strictObject({
  feature: z.string().regex(nameRules.feature),
  title: z.string().min(1),
  /**
   * `service`: asked for in a service, and where traffic passes it in chains as well. `chain`: in chains only. `application`: asked for
   * at top level, between services.
   */
  scope: z.enum(['service', 'chain', 'application']),
  /** What the engine has to offer. Unless it is said: the host, where every agent's management link is made. */
  needs: z.array(z.enum(engineCapabilities)).default(['host']),
  /** Whether it looks into IP, and makes sense on no network without. */
  ip: z.boolean().default(true),
  /** JSON Schema of the feature's parameters. */
  parameters: z.record(z.string(), z.unknown()).default({ type: 'object', additionalProperties: false }),
  /** The figures that an objective may limit, and the parameters that say so and how often to measure. */
  objectives: z
    .strictObject({
      figures: z.array(z.string().regex(/^(p\d\d|loss)$/)).min(1),
      limits: z.string(),
      interval: z.string(),
    })
    .optional(),
  agents: z.record(z.string().regex(nameRules.feature), agent),
  collector: collector.optional(),
  /** What a function in the path does with the traffic; its agent has one `place: path`. */
  function: z.enum(functionKindNames).optional(),
});

/** Folders of an application's state that are nobody's feature. */
const reserved = ['files', 'functions', 'secrets'];

/** A template as its YAML file has it. */
export const templateSchema = shape.superRefine((template, context) => {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const { feature, scope } = template;
  if (reserved.includes(feature)) refuse(['feature'], `no feature can be called ${feature}`);
  const containers = [
    ...Object.entries(template.agents).map(([name, one]) => [['agents', name], one] as const),
    ...(template.collector ? [[['collector'], template.collector] as const] : []),
  ];
  for (const [path, { state }] of containers) {
    for (const [index, { source }] of state.entries()) {
      if (source.split('/')[0] !== feature)
        refuse([...path, 'state', index, 'source'], `a feature has its state in ${feature} and no other's`);
    }
  }
  const places = Object.values(template.agents).map(({ place }) => place);
  const inPath = places.filter((place) => place === 'path').length;
  if (inPath !== (template.function === undefined ? 0 : 1))
    refuse(['function'], 'a function in the path has one agent with `place: path`, and nothing else has one');
  if (template.function !== undefined && scope === 'application')
    refuse(['scope'], 'a function in the path is asked for in a service, or in a chain');
  const isRouted = template.function !== undefined && kindNamed(template.function).isRouted === true;
  if (isRouted !== (scope === 'chain'))
    refuse(['scope'], 'what routes is asked for in a chain, and nothing else is asked for there alone');
});

export type TemplateFile = z.infer<typeof templateSchema>;

/** A template that was read from a file. */
export interface Template extends TemplateFile {
  readonly file: string;
  /** Whether it came with Heddle; the user's own are not granted rights over the host. */
  readonly builtIn: boolean;
}
