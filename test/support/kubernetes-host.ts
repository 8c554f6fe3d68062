import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster } from '../../src/engines/kubernetes/cluster.ts';
import { connectCluster } from '../../src/engines/kubernetes/connect.ts';
import { EdgeHost } from './edge-host.ts';
import type { Running } from './host.ts';
import { root } from './installed.ts';
import { collectionOf, kubeconfigOf, makeCertificates, packagedManifests } from './kubernetes-access.ts';
import { until } from './until.ts';

const ports = { etcd: 12_383, api: 16_443 };
const server = `https://127.0.0.1:${ports.api}`;
const timeout = 10_000;

/** A real Kubernetes API server with its etcd, on loopback, and no nodes but those that a test writes. */
export class KubernetesHost extends EdgeHost {
  readonly kubeconfig = this.path('kubeconfig');
  #api: Running | undefined;
  #etcd: Running | undefined;

  /** With the roles of the package, a namespace `shop`, and EndpointSlices. */
  async startCluster(): Promise<void> {
    makeCertificates(this.folder);
    writeFileSync(this.kubeconfig, kubeconfigOf(this.folder, server));
    this.#etcd = await this.etcd(ports.etcd);
    await this.startApi();
    for (const manifest of packagedManifests()) await this.ask('POST', collectionOf(manifest), manifest);
    writeFileSync(this.kubeconfig, kubeconfigOf(this.folder, server, await this.token()));
    await this.ask('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    await this.#serveSlices();
  }

  /** From nothing, or with all that it knew. */
  async startApi(): Promise<void> {
    const built = execFileSync('node', [path.join(root, 'scripts', 'kubernetes.mjs')], { encoding: 'utf8' });
    this.#api = this.launch(built.trim().split('\n').at(-1) ?? '', [
      ...['--etcd-servers', `http://127.0.0.1:${ports.etcd}`, '--service-cluster-ip-range', '10.96.0.0/16'],
      ...['--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1', '--secure-port', `${ports.api}`],
      ...['--tls-cert-file', this.path('server.crt'), '--tls-private-key-file', this.path('server.key')],
      ...['--client-ca-file', this.path('k8s.crt'), '--authorization-mode', 'RBAC'],
      ...['--service-account-issuer', 'https://kubernetes.default.svc'],
      ...['--service-account-key-file', this.path('server.key')],
      ...['--service-account-signing-key-file', this.path('server.key')],
      // In a group of its own it looks for no custom resources: see #serveSlices().
      ...['--runtime-config', 'discovery.k8s.io/v1beta1=false'],
      // Nobody here makes the accounts that pods would have.
      ...['--disable-admission-plugins', 'ServiceAccount', '--cert-dir', this.path('unused')],
    ]);
    const isUp = async () => Boolean(await this.ask('GET', '/api/v1/namespaces/default'));
    await until('the API server answers', isUp);
  }

  async killApi(): Promise<void> {
    await this.#api?.end('SIGKILL');
  }

  /** Lets the API server wait for its etcd, or go on. */
  freeze(isFrozen: boolean): void {
    this.#etcd?.signal(isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** How many watches of a kind the API server has ended. */
  async endedWatches(resource: string): Promise<number> {
    const shown = ['--cacert', 'k8s.crt', '--cert', 'admin.crt', '--key', 'admin.key'];
    const paths = shown.map((one) => (one.startsWith('--') ? one : this.path(one)));
    const { stdout } = await this.run('curl', ['-sf', ...paths, `${server}/metrics`]);
    const counts = stdout.split('\n').filter((line) => {
      const isOfWatches = line.startsWith('apiserver_request_total{') && line.includes('verb="WATCH"');
      return isOfWatches && line.includes(`resource="${resource}"`);
    });
    return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  /** The cluster as somebody sees it, by a context of the kubeconfig. */
  as(context: string): Promise<Cluster> {
    return connectCluster(context, { KUBECONFIG: this.kubeconfig });
  }

  /** Asks as somebody who may do everything. */
  async ask<T>(method: string, where: string, body?: object): Promise<T> {
    return (await (await this.as('admin')).ask(method, where, body, AbortSignal.timeout(timeout))) as T;
  }

  /** A token of the account of the package, as a pod has one. */
  async token(): Promise<string> {
    const where = '/api/v1/namespaces/edge/serviceaccounts/heddle-edge/token';
    return (await this.ask<{ status: { token: string } }>('POST', where, { spec: {} })).status.token;
  }

  /** Makes an object, with its status. */
  async make(collection: string, object: Written): Promise<void> {
    await this.ask('POST', collection, object);
    if (object.status)
      await this.change(collection, object.metadata.name, 'status', () => object.status ?? {});
  }

  /** Gives a part of an object another value. */
  async change(
    collection: string,
    name: string,
    part: string,
    to: (before: object) => object,
  ): Promise<void> {
    const where = `${collection}/${name}`;
    const found = await this.ask<Record<string, object>>('GET', where);
    const changed = { ...found, [part]: to(found[part] ?? {}) };
    await this.ask('PUT', part === 'status' ? `${where}/status` : where, changed);
  }

  /** Lets etcd forget all that happened before now. */
  async compact(): Promise<void> {
    const etcd = async (what: string, body: object) => {
      const url = `http://127.0.0.1:${ports.etcd}/v3/kv/${what}`;
      const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`etcd: ${what}: ${await answer.text()}`);
      return (await answer.json()) as { header: { revision: string } };
    };
    const { header } = await etcd('range', { key: btoa('nothing') });
    await etcd('compaction', { revision: header.revision, physical: true });
  }

  /**
   * EndpointSlices of discovery.k8s.io/v1, which this server is too old for, as a custom resource of that name. The server
   * reads and writes, lists and watches them as it does its own; nobody makes them of pods, and nothing checks what is in them.
   */
  async #serveSlices(): Promise<void> {
    const [group, plural] = ['discovery.k8s.io', 'endpointslices'];
    const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    await this.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: {
        name: `${plural}.${group}`,
        annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' },
      },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural, singular: 'endpointslice', kind: 'EndpointSlice', listKind: 'EndpointSliceList' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
      },
    });
    const isServed = async () => Boolean(await this.ask('GET', `/apis/${group}/v1/${plural}`));
    await until('EndpointSlices are served', isServed);
  }
}

interface Written {
  readonly metadata: { readonly name: string };
  readonly spec?: object | undefined;
  readonly status?: object | undefined;
}
