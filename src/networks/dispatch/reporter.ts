import type { HeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { Collection, Kept } from '../standard/collection.ts';
import type { WantedEndpoint, WantedNetwork } from '../standard/records.ts';
import type { Report } from '../standard/report.ts';
import type { SharedView } from './todo.ts';

/** Says to all nodes what this one has, whenever that is another than it said before. */
export class Reporter {
  readonly #here: string;
  readonly #networks: Collection<WantedNetwork>;
  readonly #endpointsOf: (network: string) => Collection<WantedEndpoint>;

  constructor(
    here: string,
    networks: Collection<WantedNetwork>,
    endpointsOf: (network: string) => Collection<WantedEndpoint>,
  ) {
    this.#here = here;
    this.#networks = networks;
    this.#endpointsOf = endpointsOf;
  }

  async network(kept: Kept<WantedNetwork> | undefined, report: Report): Promise<void> {
    if (kept) await this.#say(this.#networks, kept, report);
  }

  async endpoint(network: string, kept: Kept<WantedEndpoint> | undefined, report: Report): Promise<void> {
    if (kept) await this.#say(this.#endpointsOf(network), kept, report);
  }

  /** That nothing can be done here, for one reason. */
  async all({ network, endpoints, isClaimed }: SharedView, error: HeddleError): Promise<void> {
    if (!network) return;
    if (isClaimed) await this.network(network, failedAs(error, network));
    for (const kept of endpoints) {
      const { node, attachment, deleting } = kept.wanted;
      if (node === this.#here && attachment.kind !== 'node' && !deleting)
        await this.endpoint(network.wanted.name, kept, failedAs(error, kept));
    }
  }

  /** Of what is wanted still as it was read: what goes leaves no report behind. */
  async #say<W extends WantedNetwork | WantedEndpoint>(
    collection: Collection<W>,
    { wanted: { name }, revision }: Kept<W>,
    report: Report,
  ): Promise<void> {
    const before = (await collection.reports(name)).get(this.#here);
    if (canonicalJson(before) === canonicalJson(report)) return;
    await collection.report(name, this.#here, report, [collection.condition(name, revision)]);
  }
}

export function failedAs({ code, message }: HeddleError, kept: Kept<unknown> | undefined): Report {
  return { of: kept?.revision ?? 0, phase: 'failed', reason: message, code, observed: {} };
}
