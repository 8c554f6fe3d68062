import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { Environment, Kubeconfig } from './kubeconfig-schema.ts';

const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The names that client libraries give them. */
const names = { cluster: 'inCluster', user: 'inClusterUser', context: 'inClusterContext' };

/** What a pod has of its cluster: the address in its environment, an account in a folder. Nothing outside of one. */
export function inCluster({
  KUBERNETES_SERVICE_HOST: host,
  KUBERNETES_SERVICE_PORT: port,
}: Environment): Kubeconfig | undefined {
  if (!host || !port || !existsSync(`${folder}/token`)) return undefined;
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    clusters: new Map([[names.cluster, { server, 'certificate-authority': `${folder}/ca.crt` }]]),
    users: new Map([[names.user, { tokenFile: `${folder}/token` }]]),
    contexts: new Map([
      [names.context, { cluster: names.cluster, user: names.user, namespace: ownNamespace() }],
    ]),
  };
}

function ownNamespace(): string | undefined {
  try {
    return readFileSync(`${folder}/namespace`, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
