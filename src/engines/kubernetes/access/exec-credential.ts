import { parseYaml } from '../../../lib/yaml.ts';
import * as z from '../../../lib/zod.ts';
import type { Shown } from './credentials.ts';
import type { ClusterEntry } from './kubeconfig-schema.ts';
import { readSmallFile } from './small-file.ts';

/** client.authentication.k8s.io, of which kubectl takes these. */
export const execVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const kind = 'ExecCredential';
/** Where a cluster's entry has what is for its plugins alone. */
const extensionName = 'client.authentication.k8s.io/exec';

/** What a plugin is told in KUBERNETES_EXEC_INFO. There is never a terminal. */
export function execInfo(apiVersion: string, cluster: ClusterEntry | undefined): string {
  const spec = { ...(cluster && { cluster: clusterInfo(cluster) }), interactive: false };
  return JSON.stringify({ kind, apiVersion, spec });
}

/** @throws Error when its authority cannot be read */
function clusterInfo(cluster: ClusterEntry) {
  const file = cluster['certificate-authority'];
  const data =
    cluster['certificate-authority-data'] ||
    (file ? Buffer.from(readSmallFile(file)).toString('base64') : undefined);
  const own = cluster.extensions?.find(({ name }) => name === extensionName)?.extension;
  return {
    server: cluster.server,
    ...(cluster['tls-server-name'] && { 'tls-server-name': cluster['tls-server-name'] }),
    ...(cluster['insecure-skip-tls-verify'] && { 'insecure-skip-tls-verify': true }),
    ...(data && { 'certificate-authority-data': data }),
    ...(cluster['proxy-url'] && { 'proxy-url': cluster['proxy-url'] }),
    ...(own !== undefined && { config: own }),
  };
}

const answer = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal(kind),
  status: z.looseObject({
    token: z.string().nullish(),
    clientCertificateData: z.string().nullish(),
    clientKeyData: z.string().nullish(),
    expirationTimestamp: z.string().nullish(),
  }),
});

/** What a plugin answered with; `until`: milliseconds since 1970 until which it may be shown, if that is said. */
export interface Granted {
  readonly shown: Shown;
  readonly until?: number;
}

/** @throws Error that says what is wrong with the answer, and nothing that is secret in it */
export function readExecCredential(text: string, apiVersion: string): Granted {
  const yaml = parseYaml(text, '');
  if (yaml.problems.length > 0 || text.trim() === '') throw new Error('what it printed is no ExecCredential');
  const read = answer.safeParse(yaml.value);
  if (!read.success) {
    const where = read.error.issues[0]?.path.join('.') || 'the whole';
    throw new Error(`what it printed is no ExecCredential: ${where} is not as it has to be`);
  }
  if (read.data.apiVersion !== apiVersion)
    throw new Error(`it answered with ${read.data.apiVersion}, and the kubeconfig asks for ${apiVersion}`);
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = read.data.status;
  if (Boolean(clientCertificateData) !== Boolean(clientKeyData))
    throw new Error('it gave a certificate without its key, or a key without its certificate');
  if (!token && !clientCertificateData) throw new Error('it gave neither a token nor a certificate');
  const until = expirationTimestamp ? Date.parse(expirationTimestamp) : undefined;
  if (until !== undefined && Number.isNaN(until))
    throw new Error('its expirationTimestamp is no time as RFC 3339 writes it');
  const shown: Shown = {
    ...(token && { token }),
    ...(clientCertificateData && clientKeyData && { certificate: clientCertificateData, key: clientKeyData }),
  };
  return { shown, ...(until !== undefined && { until }) };
}
