import { NodeClient } from '../../api/client.ts';
import { readServerCredentials } from '../../api/server-credentials.ts';
import { TlsTransport } from '../../api/tls-transport.ts';
import { pemBlocks } from '../../edge/ca/credentials.ts';
import { apiSubject } from '../../edge/ca/subjects.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { Member } from '../../networks/dispatch/members.ts';
import { awayReason } from '../../networks/standard/report.ts';
import type { NodeSettings } from '../settings/settings.ts';

/** The other nodes that share a state with this one, as it asks them. */
export class Peers {
  readonly here: string;
  readonly #settings: NodeSettings['api'];
  readonly #list: () => Promise<readonly Member[]>;

  constructor(here: string, settings: NodeSettings['api'], list: () => Promise<readonly Member[]>) {
    this.here = here;
    this.#settings = settings;
    this.#list = list;
  }

  /** @throws HeddleError ERR_STATE_UNREACHABLE */
  list(): Promise<readonly Member[]> {
    return this.#list();
  }

  /** Whether it is there, as far as this node knows. */
  async isPresent(node: string): Promise<boolean> {
    return (await this.#list()).some(({ name, present }) => name === node && present);
  }

  /**
   * One that is there. What it is asked, it does itself, and asks no other for.
   * @throws HeddleError ERR_NODE_AWAY, ERR_NODE_SETTINGS, ERR_EDGE_CA
   */
  async client(node: string): Promise<NodeClient> {
    const member = (await this.#list()).find(({ name }) => name === node);
    if (!member?.present) throw new HeddleError('ERR_NODE_AWAY', awayReason(node));
    const files = this.#settings;
    if (!files || member.api === undefined)
      throw new HeddleError(
        'ERR_NODE_SETTINGS',
        `node ${files ? node : this.here} lets no other node ask it`,
        {
          hint: 'give each node `api` in its node.yaml: docs/howto/sites.md',
        },
      );
    // Read each time: certificates are renewed.
    const { ca, cert, key, crl } = readServerCredentials(files);
    const credentials = { ca, cert, key, ...(crl !== undefined && { crl: pemBlocks(crl) }) };
    return new NodeClient(new TlsTransport(`https://${member.api}`, credentials, apiSubject(node)));
  }
}
