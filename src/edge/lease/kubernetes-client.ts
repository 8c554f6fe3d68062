import { ApiError } from '../../engines/kubernetes/api-error.ts';
import type { Cluster } from '../../engines/kubernetes/cluster.ts';
import { withRemedy } from '../../engines/kubernetes/remedy.ts';
import { HeddleError } from '../../lib/errors.ts';
import { type LeaseRecord, leaseRecord } from './kubernetes-record.ts';

/** Milliseconds that an answer may take. */
const timeout = 2000;
const statuses = { missing: 404, conflict: 409 };

/** One Lease of a cluster. */
export class LeaseClient {
  readonly name: string;
  readonly #cluster: Cluster;
  readonly #path: string;

  constructor(cluster: Cluster, namespace: string, name: string) {
    this.name = name;
    this.#cluster = cluster;
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  }

  /** Nothing: it is not there. */
  get(): Promise<LeaseRecord | undefined> {
    return this.#ask('GET', `${this.#path}/${this.name}`, undefined, [statuses.missing]);
  }

  /** Nothing: there is one already. */
  create(lease: object): Promise<LeaseRecord | undefined> {
    return this.#ask('POST', this.#path, lease, [statuses.conflict]);
  }

  /** Nothing: it is not any more what it was when it was read. */
  replace(lease: object): Promise<LeaseRecord | undefined> {
    return this.#ask('PUT', `${this.#path}/${this.name}`, lease, [statuses.missing, statuses.conflict]);
  }

  async #ask(
    method: string,
    path: string,
    body: object | undefined,
    refusals: readonly number[],
  ): Promise<LeaseRecord | undefined> {
    try {
      return leaseRecord.parse(await this.#cluster.ask(method, path, body, AbortSignal.timeout(timeout)));
    } catch (error) {
      if (error instanceof ApiError && refusals.includes(error.status)) return undefined;
      const reason = withRemedy(error as Error);
      throw new HeddleError('ERR_EDGE_LEASE', `the Lease of the cluster ${this.#cluster.name}: ${reason}`, {
        cause: error,
      });
    }
  }
}
