import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from './installed.ts';

/** Who asks with a certificate: its name and group. `hub` may do what the package's roles say, `stranger` nothing. */
const users = { admin: '/O=system:masters/CN=admin', hub: '/CN=hub', stranger: '/CN=stranger' };

/** Makes an authority of a cluster in a folder, and certificates for its server and its users. */
export function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = (name: string) => ['-nodes', '-newkey', 'rsa:2048', '-keyout', `${name}.key`, '-days', '2'];
  openssl('req', '-x509', ...key('k8s'), '-out', 'k8s.crt', '-subj', '/CN=k8s');
  const issue = (name: string, subject: string, extension: string) => {
    openssl('req', ...key(name), '-out', `${name}.csr`, '-subj', subject);
    writeFileSync(path.join(folder, 'extension'), extension);
    const by = ['-CA', 'k8s.crt', '-CAkey', 'k8s.key', '-CAcreateserial', '-extfile', 'extension'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', '2', '-out', `${name}.crt`);
  };
  issue('server', '/CN=server', 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  for (const [user, subject] of Object.entries(users)) issue(user, subject, 'extendedKeyUsage=clientAuth\n');
}

/** A kubeconfig with a context for each user, and `account` for who shows a token. */
export function kubeconfigOf(folder: string, server: string, token?: string): string {
  const file = (name: string) => path.join(folder, name);
  const shown: Record<string, object> = Object.fromEntries(
    Object.keys(users).map((name) => [
      name,
      { 'client-certificate': file(`${name}.crt`), 'client-key': file(`${name}.key`) },
    ]),
  );
  if (token) shown['account'] = { token };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster: { server, 'certificate-authority': file('k8s.crt') } }],
    users: Object.entries(shown).map(([name, user]) => ({ name, user })),
    contexts: Object.keys(shown).map((name) => ({
      name,
      context: { cluster: 'real', user: name, namespace: 'edge' },
    })),
  });
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly subjects?: readonly object[];
}

/** What the package gives a controller to act in a cluster, and the same for the user `hub`. */
export function packagedManifests(): Manifest[] {
  const text = readFileSync(path.join(root, 'packaging', 'kubernetes', 'heddle-edge.yaml'), 'utf8');
  const all = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  const hub = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'hub' };
  const alike = all
    .filter(({ subjects }) => subjects)
    .map((one) => ({ ...one, metadata: { ...one.metadata, name: 'hub' }, subjects: [hub] }));
  return [...all, ...alike];
}

const collections: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/serviceaccounts',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  Role: '/apis/rbac.authorization.k8s.io/v1/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
};

/** Where one is made. */
export function collectionOf({ kind, metadata: { namespace } }: Manifest): string {
  const collection = collections[kind] ?? '';
  return namespace ? collection.replace(/[^/]+$/, `namespaces/${namespace}/$&`) : collection;
}
