import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Turns } from '../../lib/turns.ts';
import { type NameFiles, namesFolder } from './dnsmasq.ts';
import { DnsmasqProcess } from './dnsmasq-process.ts';
import { textOf } from './end-process.ts';
import {
  hasResolver,
  hostsOf,
  listeningAddress,
  resolverAddress,
  resolverConfiguration,
  resolverKey,
} from './resolver.ts';
import type { IpEndpoint } from './settle.ts';

type Asking = Pick<IpEndpoint, 'id' | 'network' | 'options' | 'attachment'>;

/** Those of one network are worked on by others as well, whose names they know. */
const turns = new Turns();

/**
 * The dnsmasq processes of one network that know more names, or ask other servers, than its own: one for each that is wanted, as
 * long as an endpoint wants it. Who wants which stands in files, so that it is known after a kill.
 */
export class Resolvers {
  readonly #files: NameFiles;

  constructor(files: NameFiles) {
    this.#files = files;
  }

  /** Lets those be asked that an endpoint wants asked, and no others for it. */
  use(endpoint: Asking): Promise<void> {
    return this.#inTurn(async () => {
      const key = keyOf(endpoint);
      await this.#leave(endpoint, key);
      if (key === undefined) return;
      const folder = this.#folder(key);
      const { namesOf } = endpoint.options;
      mkdirSync(`${folder}/users`, { recursive: true, mode: 0o755 });
      writeFileSync(`${folder}/users/${endpoint.id}`, '');
      if (namesOf.length > 0) {
        mkdirSync(severalIn(this.#root), { recursive: true, mode: 0o755 });
        writeFileSync(this.#mark, '');
      }
      await this.#process(key).run(this.#configuration(endpoint));
    });
  }

  /** Ends those that nobody wants any more. */
  leave(endpoint: Pick<Asking, 'id'>): Promise<void> {
    return this.#inTurn(() => this.#leave(endpoint));
  }

  end(): Promise<void> {
    return this.#inTurn(async () => {
      for (const key of this.#keys()) await this.#process(key).end();
      rmSync(this.#mark, { force: true });
    });
  }

  /** `folder`: those alone are told that read names in there. */
  readAgain(folder?: string): Promise<void> {
    const said = (key: string) => textOf(configOf(this.#folder(key))) ?? '';
    const isConcerned = (key: string) => folder === undefined || hostsOf(said(key)).includes(folder);
    return this.#inTurn(async () => {
      const keys = this.#keys().filter(isConcerned);
      await Promise.all(keys.map((key) => this.#process(key).readAgain(listeningAddress(said(key)))));
    });
  }

  /** Whether that runs which an endpoint wants asked. */
  isRunning(endpoint: Asking): boolean {
    const key = keyOf(endpoint);
    if (key === undefined) return true;
    return this.#process(key).isRunning();
  }

  async #leave({ id }: Pick<Asking, 'id'>, except?: string): Promise<void> {
    for (const key of this.#keys()) {
      if (key === except) continue;
      const users = `${this.#folder(key)}/users`;
      rmSync(`${users}/${id}`, { force: true });
      if (namesIn(users).length > 0) continue;
      await this.#process(key).end();
      rmSync(this.#folder(key), { recursive: true, force: true });
    }
    if (this.#keys().length === 0) rmSync(this.#mark, { force: true });
  }

  #configuration({ network, options }: Asking): string {
    const { dns, namesOf } = options;
    return resolverConfiguration(resolverAddress(network, options), dns, {
      pid: pidOf(this.#folder(resolverKey(options))),
      hosts: [this.#files.hosts, ...namesOf.map((name) => namesFolder(this.#root, name))],
      servers: this.#files.servers,
    });
  }

  /** There while others than its own network's names may be known. */
  get #mark(): string {
    return `${severalIn(this.#root)}/${path.basename(this.#files.folder)}`;
  }

  /** Of all networks. */
  get #root(): string {
    return path.dirname(this.#files.folder);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return turns.take(this.#files.folder, work);
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

/** The folders of networks, by id, some of whose endpoints find the names of others. */
export function withSeveral(folder: string): string[] {
  return namesIn(severalIn(folder));
}

function severalIn(folder: string): string {
  return `${folder}/several`;
}

/** None for who wants nothing else, or is at another node. */
function keyOf({ attachment, options }: Asking): string | undefined {
  return hasResolver(options) && attachment.kind !== 'remote' ? resolverKey(options) : undefined;
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
