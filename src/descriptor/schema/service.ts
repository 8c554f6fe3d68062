import { isImageReference, nameRules } from '../../lib/names.ts';
import * as z from '../../lib/zod.ts';
import { ip, maybeMac } from './addresses.ts';
import { attachments, dependencies, port } from './attachments.ts';
import { build } from './build.ts';
import { deploy, healthcheck } from './deploy.ts';
import { serviceHeddle } from './heddle.ts';
import { device, fileMount, mount } from './mounts.ts';
import {
  boolean,
  bytes,
  bytesOrAll,
  closed,
  count,
  duration,
  ignored,
  integer,
  keyValues,
  labels,
  listOrOne,
  maybe,
  maybeText,
  number,
  options,
  text,
  textOrNumbers,
  texts,
  unsupported,
  withShort,
} from './values.ts';

const CONTAINER_EXPECTED = 'expected letters, digits, "_", "." and "-", at most 228';
/** The kernel keeps no more of either. */
const HOST = /^[^\s\p{Cc}]{1,64}$/u;
const HOST_EXPECTED = 'expected a name of at most 64 characters, without white space';

const words = withShort(texts, z.union([text, z.array(z.union([z.string(), z.number()]))])).nullable();

const ulimit = withShort(closed({ soft: integer, hard: integer }), z.union([z.int(), z.string()]));

const envFile = withShort(
  closed({ path: text, required: boolean.optional(), format: z.enum(['raw']).optional() }),
  text,
);

/** What runs in a service's container at a turn of its life. */
const hook = closed({
  command: words.optional(),
  user: withShort(maybeText, z.int()).optional(),
  privileged: boolean.optional(),
  working_dir: maybeText.optional(),
  environment: keyValues.nullable().optional(),
});

/** The other's first process may end at any time, and all that share its view with it. */
const notOfService = /^(?!service:)/;
const ofService = 'sharing this with another service is not carried out; "host" or "container:NAME" is';

/** Taken up by an earlier step; here for the JSON Schema. */
const extended = withShort(closed({ service: text, file: text.optional() }), text);

const actions = ['sync', 'rebuild', 'restart', 'sync+restart', 'sync+exec'] as const;

/** What `heddle watch` does when files change. */
const develop = closed({
  watch: z
    .array(
      closed({
        path: text.min(1, 'expected a path'),
        action: z.enum(actions),
        target: text.optional(),
        ignore: texts.nullable().optional(),
        include: texts.nullable().optional(),
        initial_sync: boolean.optional(),
        exec: hook.nullable().optional(),
      }),
    )
    .nullable()
    .optional(),
});

/** What Heddle carries out. */
const carriedOut = {
  annotations: labels.nullable(),
  build: build.nullable(),
  cap_add: texts.nullable(),
  cap_drop: texts.nullable(),
  cgroup_parent: maybeText,
  command: words,
  configs: z.array(fileMount).nullable(),
  container_name: maybe(nameRules.container, CONTAINER_EXPECTED),
  cpu_period: bytes,
  cpu_quota: integer,
  cpu_shares: integer,
  cpus: number,
  cpuset: maybe(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, 'expected processors, such as 0-3,5'),
  depends_on: dependencies.nullable(),
  deploy: deploy.nullable(),
  develop: develop.nullable(),
  device_cgroup_rules: texts.nullable(),
  devices: z.array(device).nullable(),
  dns: withShort(z.array(ip), ip).nullable(),
  dns_opt: texts.nullable(),
  dns_search: listOrOne.nullable(),
  domainname: maybe(HOST, HOST_EXPECTED),
  entrypoint: words,
  env_file: withShort(z.array(envFile), text).nullable(),
  environment: keyValues.nullable(),
  expose: textOrNumbers.nullable(),
  extends: extended,
  extra_hosts: withShort(texts, z.record(z.string(), z.union([z.string(), texts]))).nullable(),
  group_add: textOrNumbers.nullable(),
  healthcheck: healthcheck.nullable(),
  hostname: maybe(HOST, HOST_EXPECTED),
  image: text.refine(isImageReference, 'expected the name of an image, such as nginx:1.27'),
  init: boolean,
  ipc: maybe(notOfService, ofService),
  label_file: listOrOne.nullable(),
  labels: labels.nullable(),
  links: texts.nullable(),
  logging: closed({ driver: text.optional(), options: options.nullable().optional() }).nullable(),
  mac_address: maybeMac,
  mem_limit: bytesOrAll,
  mem_reservation: bytesOrAll,
  mem_swappiness: integer,
  memswap_limit: bytesOrAll,
  network_mode: maybeText,
  networks: attachments.nullable(),
  oom_kill_disable: boolean,
  oom_score_adj: integer,
  pid: maybe(notOfService, ofService),
  pids_limit: integer,
  platform: maybeText,
  ports: z.array(port).nullable(),
  post_start: z.array(hook).nullable(),
  pre_start: z.array(hook).nullable(),
  pre_stop: z.array(hook).nullable(),
  privileged: boolean,
  profiles: texts.nullable(),
  pull_policy: maybe(
    /^(always|never|if_not_present|missing|build|refresh|daily|weekly|every_.+)$/,
    'expected always, missing, never or build',
  ),
  read_only: boolean,
  restart: maybe(
    /^(no|always|unless-stopped|on-failure(:[0-9]{1,9})?)$/,
    'expected "no", always, unless-stopped, on-failure or on-failure:N',
  ),
  scale: count,
  secrets: z.array(fileMount).nullable(),
  security_opt: texts.nullable(),
  shm_size: bytes,
  stdin_open: boolean,
  stop_grace_period: duration,
  stop_signal: maybeText,
  sysctls: keyValues.nullable(),
  tmpfs: listOrOne.nullable(),
  tty: boolean,
  ulimits: z.record(z.string(), ulimit).nullable(),
  user: withShort(maybeText, z.int()),
  uts: maybe(/^(host|)$/, 'expected host'),
  volumes: z.array(mount).nullable(),
  volumes_from: z
    .array(
      text.regex(/^(container:)?[a-zA-Z0-9._-]+(:(ro|rw))?$/, 'write SERVICE[:ro] or container:NAME[:ro]'),
    )
    .nullable(),
  working_dir: maybeText,
  'x-heddle': serviceHeddle,
};

/** What it does not: weights and tuning may be left out, bounds and rights may not. */
const notCarriedOut = {
  attach: ignored(),
  blkio_config: unsupported('the service could read and write faster', onlyWeights),
  cgroup: unsupported('the service could see other control groups', (v) => v !== 'private'),
  cpu_count: ignored(),
  cpu_percent: ignored(),
  cpu_rt_period: unsupported('the service could not ask for real-time scheduling'),
  cpu_rt_runtime: unsupported('the service could not ask for real-time scheduling'),
  credential_spec: unsupported('the service would run without its credentials'),
  driver_opts: ignored(),
  external_links: unsupported('the service would not find those containers by these names'),
  gpus: unsupported('the service would see no GPU'),
  isolation: unsupported('the service would run without this isolation', (v) => !v || v === 'default'),
  models: unsupported('the service would find no model'),
  provider: unsupported('there is no container to run for it'),
  pull_refresh_after: ignored(),
  runtime: unsupported(
    'the service would run under another runtime, which may isolate it less',
    (v) => !v || v === 'runc' || v === 'crun',
  ),
  storage_opt: unsupported('the service could fill more of the disk'),
  use_api_socket: unsupported('no container gets the socket of an engine'),
  userns_mode: unsupported('the service would share the user ids of the host', (v) => !v || v === 'host'),
};

/** Shares of what there is, which bound nothing while others are idle. */
function onlyWeights(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return !value;
  return Object.keys(value).every((key) => key === 'weight' || key === 'weight_device');
}

function optional<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  const all = Object.entries(shape).map(([key, schema]) => [key, schema.optional()]);
  return Object.fromEntries(all) as { [K in keyof Shape]: z.ZodOptional<Shape[K]> };
}

/** A service in long form. */
export const service = closed({ ...optional(carriedOut), ...notCarriedOut });
export type ComposeService = z.output<typeof service>;
