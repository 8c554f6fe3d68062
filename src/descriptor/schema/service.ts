import { isImageReference } from '../../lib/names.ts';
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

const words = withShort(texts, z.union([text, z.array(z.union([z.string(), z.number()]))])).nullable();

const ulimit = withShort(closed({ soft: integer, hard: integer }), z.union([z.int(), z.string()]));

const envFile = withShort(
  closed({ path: text, required: boolean.optional(), format: z.enum(['raw']).optional() }),
  text,
);

/** Taken up by an earlier step; here for the JSON Schema. */
const extended = withShort(closed({ service: text, file: text.optional() }), text);

/** What Heddle carries out. */
const carriedOut = {
  annotations: labels.nullable(),
  build: build.nullable(),
  cap_add: texts.nullable(),
  cap_drop: texts.nullable(),
  cgroup_parent: maybeText,
  command: words,
  configs: z.array(fileMount).nullable(),
  container_name: maybe(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'expected letters, digits, "_", "." and "-"'),
  cpu_period: bytes,
  cpu_quota: integer,
  cpu_shares: integer,
  cpus: number,
  cpuset: maybe(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, 'expected processors, such as 0-3,5'),
  depends_on: dependencies.nullable(),
  deploy: deploy.nullable(),
  device_cgroup_rules: texts.nullable(),
  devices: z.array(device).nullable(),
  dns: withShort(z.array(ip), ip).nullable(),
  dns_opt: texts.nullable(),
  dns_search: listOrOne.nullable(),
  domainname: maybeText,
  entrypoint: words,
  env_file: withShort(z.array(envFile), text).nullable(),
  environment: keyValues.nullable(),
  expose: textOrNumbers.nullable(),
  extends: extended,
  extra_hosts: withShort(texts, z.record(z.string(), z.union([z.string(), texts]))).nullable(),
  group_add: textOrNumbers.nullable(),
  healthcheck: healthcheck.nullable(),
  hostname: maybeText,
  image: text.refine(isImageReference, 'expected the name of an image, such as nginx:1.27'),
  init: boolean,
  ipc: maybeText,
  label_file: listOrOne.nullable(),
  labels: labels.nullable(),
  links: texts.nullable(),
  logging: closed({ driver: text.optional(), options: options.nullable().optional() }).nullable(),
  mac_address: maybeMac,
  mem_limit: bytes,
  mem_reservation: bytes,
  mem_swappiness: integer,
  memswap_limit: z.union([z.literal(-1), bytes]),
  network_mode: maybeText,
  networks: attachments.nullable(),
  oom_kill_disable: boolean,
  oom_score_adj: integer,
  pid: maybeText,
  pids_limit: integer,
  platform: maybeText,
  ports: z.array(port).nullable(),
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
  volumes: z.array(mount).nullable(),
  working_dir: maybeText,
  'x-heddle': serviceHeddle,
};

/** What it does not: weights and tuning may be left out, bounds and rights may not. */
const notCarriedOut = {
  attach: ignored(),
  blkio_config: ignored(),
  cgroup: unsupported('the service could see other control groups', (v) => v !== 'private'),
  cpu_count: ignored(),
  cpu_percent: ignored(),
  cpu_rt_period: ignored(),
  cpu_rt_runtime: ignored(),
  credential_spec: unsupported('the service would run without its credentials'),
  develop: ignored(),
  driver_opts: ignored(),
  external_links: ignored(),
  gpus: ignored(),
  isolation: unsupported('the service would run without this isolation', (v) => !v || v === 'default'),
  models: ignored(),
  post_start: ignored(),
  pre_start: ignored(),
  pre_stop: ignored(),
  provider: unsupported('there is no container to run for it'),
  pull_refresh_after: ignored(),
  runtime: unsupported(
    'the service would run under another runtime, which may isolate it less',
    (v) => !v || v === 'runc' || v === 'crun',
  ),
  storage_opt: ignored(),
  use_api_socket: unsupported('no container gets the socket of an engine'),
  userns_mode: unsupported('the service would share the user ids of the host', (v) => !v || v === 'host'),
  uts: ignored(),
  volumes_from: ignored('is not carried out; name the volumes in both services'),
};

function optional<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  const all = Object.entries(shape).map(([key, schema]) => [key, schema.optional()]);
  return Object.fromEntries(all) as { [K in keyof Shape]: z.ZodOptional<Shape[K]> };
}

/** A service in long form. */
export const service = closed({ ...optional(carriedOut), ...notCarriedOut });
export type ComposeService = z.output<typeof service>;
