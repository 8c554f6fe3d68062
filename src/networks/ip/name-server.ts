import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { configuration, hostLines, type NameFiles, nameFiles, reservation } from './dnsmasq.ts';
import { DnsmasqProcess, textOf } from './dnsmasq-process.ts';
import { Resolvers } from './resolvers.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';

/** Who answers for the names of one network: a dnsmasq, and one more for each list of servers that endpoints want asked instead. */
export class NameServer {
  readonly #files: NameFiles;
  readonly #process: DnsmasqProcess;
  readonly #resolvers: Resolvers;

  /** @param folder which it can read as nobody */
  constructor(folder: string) {
    this.#files = nameFiles(folder);
    this.#process = new DnsmasqProcess(this.#files);
    this.#resolvers = new Resolvers(this.#files);
  }

  /** Lets it run as the network wants it; one that does already is left alone. */
  async apply(network: IpNetwork, bridge: string): Promise<void> {
    const { folder, hosts, reservations } = this.#files;
    for (const one of [folder, hosts, reservations]) mkdirSync(one, { recursive: true, mode: 0o755 });
    await this.#process.run(configuration(network, bridge, this.#files));
  }

  async remove(): Promise<void> {
    await this.#process.end();
    await this.#resolvers.end();
    rmSync(this.#files.folder, { recursive: true, force: true });
  }

  async add(endpoint: IpEndpoint): Promise<void> {
    const { hosts, reservations } = this.#files;
    this.#write(`${hosts}/${endpoint.id}`, hostLines(endpoint));
    this.#write(`${reservations}/${endpoint.id}`, reservation(endpoint));
    await this.#resolvers.use(endpoint);
  }

  async delete(endpoint: IpEndpoint): Promise<void> {
    const { hosts, reservations } = this.#files;
    for (const folder of [hosts, reservations]) rmSync(`${folder}/${endpoint.id}`, { force: true });
    this.#process.reread();
    await this.#resolvers.leave(endpoint);
    this.#resolvers.reread();
  }

  isRunning(): boolean {
    return this.#process.isRunning();
  }

  /** Whether those are asked that an endpoint wants asked. */
  isResolving(endpoint: IpEndpoint): boolean {
    return this.#resolvers.isRunning(endpoint);
  }

  /** It reads each file that comes into its folders: one that is half written is not there yet. */
  #write(file: string, text: string): void {
    if (textOf(file) === text) return;
    const beside = `${this.#files.folder}/new`;
    writeFileSync(beside, text, { mode: 0o644 });
    renameSync(beside, file);
  }
}
