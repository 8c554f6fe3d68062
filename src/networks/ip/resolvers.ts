import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { NameFiles } from './dnsmasq.ts';
import { DnsmasqProcess, textOf } from './dnsmasq-process.ts';
import { listeningAddress, resolverAddress, resolverConfiguration, resolverKey } from './resolver.ts';
import type { IpEndpoint } from './settle.ts';

type Asking = Pick<IpEndpoint, 'id' | 'network' | 'options' | 'attachment'>;

/**
 * The dnsmasq processes of one network that ask other servers than this host does: one a list of servers, as long as an endpoint
 * wants it. Who wants which stands in files, so that it is known after a kill.
 */
export class Resolvers {
  readonly #files: NameFiles;

  constructor(files: NameFiles) {
    this.#files = files;
  }

  /** Lets those be asked that an endpoint wants asked, and no others for it. */
  async use(endpoint: Asking): Promise<void> {
    const key = keyOf(endpoint);
    await this.leave(endpoint, key);
    if (key === undefined) return;
    const folder = this.#folder(key);
    mkdirSync(`${folder}/users`, { recursive: true, mode: 0o755 });
    writeFileSync(`${folder}/users/${endpoint.id}`, '');
    const { network, options } = endpoint;
    const address = resolverAddress(network, options.dns);
    await this.#process(key).run(
      resolverConfiguration(address, options.dns, pidOf(folder), this.#files.hosts),
    );
  }

  /** Ends those that nobody wants any more. `except`: the key of one that the endpoint goes on to want. */
  async leave({ id }: Pick<Asking, 'id'>, except?: string): Promise<void> {
    for (const key of this.#keys()) {
      if (key === except) continue;
      const users = `${this.#folder(key)}/users`;
      rmSync(`${users}/${id}`, { force: true });
      if (namesIn(users).length > 0) continue;
      await this.#process(key).end();
      rmSync(this.#folder(key), { recursive: true, force: true });
    }
  }

  async end(): Promise<void> {
    for (const key of this.#keys()) await this.#process(key).end();
  }

  async readAgain(): Promise<void> {
    const addressOf = (key: string) => listeningAddress(textOf(configOf(this.#folder(key))) ?? '');
    await Promise.all(this.#keys().map((key) => this.#process(key).readAgain(addressOf(key))));
  }

  isRunning(endpoint: Asking): boolean {
    const key = keyOf(endpoint);
    return key === undefined || this.#process(key).isRunning();
  }

  #keys(): string[] {
    return namesIn(this.#files.resolvers);
  }

  #folder(key: string): string {
    return `${this.#files.resolvers}/${key}`;
  }

  #process(key: string): DnsmasqProcess {
    const folder = this.#folder(key);
    return new DnsmasqProcess({ config: configOf(folder), pid: pidOf(folder) });
  }
}

/** None for who wants no other servers, or is at another node. */
function keyOf({ attachment, options }: Asking): string | undefined {
  return options.dns.length === 0 || attachment.kind === 'remote' ? undefined : resolverKey(options.dns);
}

function configOf(folder: string): string {
  return `${folder}/dnsmasq.conf`;
}

function pidOf(folder: string): string {
  return `${folder}/dnsmasq.pid`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
