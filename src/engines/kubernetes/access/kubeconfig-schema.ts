import * as z from '../../../lib/zod.ts';

const text = z.string().nullish();
const flag = z.boolean().nullish();
/** kubectl writes `clusters: null` where there is none. */
const listOf = <T extends z.ZodType>(entry: T) => z.array(entry).nullish();

const exec = z.looseObject({
  apiVersion: text,
  command: text,
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string().min(1), value: z.string() })).nullish(),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: z.enum(['Never', 'IfAvailable', 'Always']).nullish(),
});

const user = z.looseObject({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  as: text,
  'as-uid': text,
  'as-groups': z.array(z.string()).nullish(),
  'as-user-extra': z.record(z.string(), z.array(z.string())).nullish(),
  exec: exec.nullish(),
  'auth-provider': z.looseObject({ name: z.string() }).nullish(),
});

const cluster = z.looseObject({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'proxy-url': text,
  extensions: listOf(z.looseObject({ name: z.string(), extension: z.unknown() })),
});

const context = z.looseObject({ cluster: text, user: text, namespace: text });

/** What is read of a kubeconfig, by the names that it has there (kubernetes.io, "kubeconfig (v1)"). What is missing is missed by who uses it. */
export const kubeconfigSchema = z
  .looseObject({
    clusters: listOf(z.looseObject({ name: z.string(), cluster: cluster.nullish() })),
    users: listOf(z.looseObject({ name: z.string(), user: user.nullish() })),
    contexts: listOf(z.looseObject({ name: z.string(), context: context.nullish() })),
  })
  .nullish();

export type ExecEntry = z.infer<typeof exec>;
export type UserEntry = z.infer<typeof user>;
export type ClusterEntry = z.infer<typeof cluster>;
type ContextEntry = z.infer<typeof context>;

/** The variables that say where it is. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Clusters, users and contexts by name, from all files together. Paths in them are absolute. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}
