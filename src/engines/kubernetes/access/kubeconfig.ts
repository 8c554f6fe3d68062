import { existsSync } from 'node:fs';
import path from 'node:path';
import { formatLocation, HeddleError } from '../../../lib/errors.ts';
import { plainIssue } from '../../../lib/plain-issue.ts';
import { readBounded } from '../../../lib/read-bounded.ts';
import { parseYaml } from '../../../lib/yaml.ts';
import { inCluster } from './in-cluster.ts';
import {
  type ClusterEntry,
  type Environment,
  type Kubeconfig,
  kubeconfigSchema,
  type UserEntry,
} from './kubeconfig-schema.ts';

/** Of one file; `<(command)` is a pipe. */
const limit = { bytes: 16 << 20, pipe: 5000 };

/**
 * What kubectl would go by: the files of KUBECONFIG, of which the first that has a name has it, else `~/.kube/config`; in a
 * pod its service account as the context `inClusterContext`, besides.
 * @throws HeddleError ERR_KUBERNETES
 */
export function readKubeconfig(environment: Environment): Kubeconfig {
  const all = filesOf(environment).map(readFile);
  const pod = inCluster(environment);
  if (pod) all.push(pod);
  const merged = <K extends keyof Kubeconfig>(kind: K) =>
    new Map(all.toReversed().flatMap((one) => [...one[kind]] as [string, never][])) as Kubeconfig[K];
  return { clusters: merged('clusters'), users: merged('users'), contexts: merged('contexts') };
}

/** Those that are there: kubectl, too, goes on without one of several. */
function filesOf({ KUBECONFIG, HOME }: Environment): string[] {
  const named = (KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '');
  if (named.length > 1) return named.filter((file) => existsSync(file));
  if (named.length === 1) return named;
  const usual = path.join(HOME ?? '/', '.kube', 'config');
  return existsSync(usual) ? [usual] : [];
}

function readFile(file: string): Kubeconfig {
  let text: string;
  try {
    text = readBounded(file, limit).toString('utf8');
  } catch (cause) {
    throw new HeddleError('ERR_KUBERNETES', `the kubeconfig cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  return parseKubeconfig(text, file);
}

/** @throws HeddleError ERR_KUBERNETES with the place */
export function parseKubeconfig(text: string, file: string): Kubeconfig {
  const yaml = parseYaml(text, file);
  const fail = (reason: string, at: Parameters<typeof formatLocation>[0]) =>
    new HeddleError('ERR_KUBERNETES', `${formatLocation(at)}: the kubeconfig cannot be read: ${reason}`, {
      at,
    });
  const [problem] = yaml.problems;
  if (problem) throw fail(problem.message, problem.at);
  const checked = kubeconfigSchema.safeParse(yaml.value);
  if (!checked.success) {
    const { issues } = checked.error;
    throw fail(plainIssue(issues, yaml.value, 'it'), yaml.at((issues[0]?.path ?? []).map(String)));
  }
  const { clusters, users, contexts } = checked.data ?? {};
  const folder = path.dirname(path.resolve(file));
  return {
    clusters: firstOf(clusters, ({ name, cluster }) => [name, clusterIn(folder, cluster ?? {})]),
    users: firstOf(users, ({ name, user }) => [name, userIn(folder, user ?? {})]),
    contexts: firstOf(contexts, ({ name, context }) => [name, context ?? {}]),
  };
}

function firstOf<T, V>(
  list: readonly T[] | null | undefined,
  entry: (one: T) => [string, V],
): Map<string, V> {
  return new Map([...(list ?? [])].reverse().map(entry));
}

function clusterIn(folder: string, cluster: ClusterEntry): ClusterEntry {
  return { ...cluster, ...absolute(folder, cluster, ['certificate-authority']) };
}

function userIn(folder: string, user: UserEntry): UserEntry {
  const { exec } = user;
  // As a shell does it: a name alone is looked for on the PATH.
  const command = exec?.command?.includes('/') ? path.resolve(folder, exec.command) : exec?.command;
  return {
    ...user,
    ...absolute(folder, user, ['tokenFile', 'client-certificate', 'client-key']),
    ...(exec && { exec: { ...exec, command } }),
  };
}

function absolute<T extends object, K extends keyof T>(folder: string, entry: T, keys: readonly K[]) {
  const found = keys.flatMap((key) => {
    const value = entry[key];
    return typeof value === 'string' && value !== '' ? [[key, path.resolve(folder, value)]] : [];
  });
  return Object.fromEntries(found) as Partial<Record<K, string>>;
}
