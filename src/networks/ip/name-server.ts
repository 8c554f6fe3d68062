import { existsSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../../lib/replace-file.ts';
import { calledName } from '../standard/part-name.ts';
import { dnsmasqSubnets } from './dhcp.ts';
import {
  configuration,
  hostLines,
  isServed,
  leasesFor,
  type NameFiles,
  nameFiles,
  namesFolder,
  reservation,
  serverLines,
} from './dnsmasq.ts';
import { DnsmasqProcess } from './dnsmasq-process.ts';
import { textOf } from './end-process.ts';
import type { NetworkServer } from './network-server.ts';
import { Resolvers, withSeveral } from './resolvers.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';

/** What the host itself asks. */
const resolver = '/etc/resolv.conf';

type Called = Parameters<typeof calledName>[0];

/** Who answers for the names of one network: a dnsmasq, and one more for each that endpoints want asked instead. */
export class NameServer implements NetworkServer {
  readonly #files: NameFiles;
  readonly #process: DnsmasqProcess;
  readonly #resolvers: Resolvers;

  /** @param folder which it can read as nobody */
  constructor(folder: string) {
    this.#files = nameFiles(folder);
    this.#process = new DnsmasqProcess(this.#files);
    this.#resolvers = new Resolvers(this.#files);
  }

  isWanted(network: IpNetwork): boolean {
    return isServed(network);
  }

  async apply(network: IpNetwork, bridge: string): Promise<void> {
    const { folder, hosts, reservations, servers } = this.#files;
    for (const one of [folder, hosts, reservations]) mkdirSync(one, { recursive: true, mode: 0o755 });
    this.#write(servers, serverLines(network, textOf(resolver) ?? ''));
    if (network.options.names) this.#call(network);
    else this.#uncall(network);
    // Whom it gave addresses, it does not hear any more.
    if (dnsmasqSubnets(network.options).length === 0) rmSync(this.#files.leases, { force: true });
    const hasStarted = await this.#process.run(configuration(network, bridge, this.#files));
    if (!hasStarted) await this.#readAgain(network);
    else await this.#tellOthers(network).then(() => this.#markRead());
  }

  async remove(network: Called): Promise<void> {
    await this.#process.end();
    await this.#resolvers.end();
    this.#uncall(network);
    rmSync(this.#files.folder, { recursive: true, force: true });
  }

  async add(endpoint: IpEndpoint, network: IpNetwork): Promise<void> {
    const { hosts, reservations } = this.#files;
    this.#write(`${hosts}/${endpoint.id}`, hostLines(endpoint));
    this.#write(`${reservations}/${endpoint.id}`, reservation(endpoint));
    await this.#resolvers.use(endpoint);
    await this.#freeAddresses(endpoint);
    await this.#readAgain(network);
  }

  async delete(endpoint: IpEndpoint, network: IpNetwork): Promise<void> {
    const { hosts, reservations } = this.#files;
    this.#markUnread();
    for (const folder of [hosts, reservations]) rmSync(`${folder}/${endpoint.id}`, { force: true });
    await this.#resolvers.leave(endpoint);
    await this.#readAgain(network);
  }

  /** Whether it runs, and asks whom this host asks. */
  isCurrent(network: IpNetwork): boolean {
    return (
      this.#process.isRunning() &&
      existsSync(this.#files.read) &&
      (!network.options.names || this.#isCalled(network)) &&
      textOf(this.#files.servers) === serverLines(network, textOf(resolver) ?? '')
    );
  }

  /** Whether those are asked that an endpoint wants asked. */
  isResolving(endpoint: IpEndpoint): boolean {
    return this.#resolvers.isRunning(endpoint);
  }

  /** It would keep an address for who had it before, as long as a lease: it forgets one only while it does not run. */
  async #freeAddresses(endpoint: IpEndpoint): Promise<void> {
    const { leases } = this.#files;
    const given = textOf(leases) ?? '';
    if (leasesFor(endpoint, given) === given || !this.#process.isRunning()) return;
    await this.#process.runAgain(() => replaceFile(leases, leasesFor(endpoint, textOf(leases) ?? ''), 0o644));
  }

  /** Reads what was written, if anything was: by this process, or by one that was killed before it could say so. */
  async #readAgain(network: IpNetwork): Promise<void> {
    // One that does not run reads all of it when it starts.
    if (existsSync(this.#files.read) || !this.#process.isRunning()) return;
    const { options } = network;
    const [server] = options.subnets.flatMap(({ gateway }) => gateway ?? []);
    await Promise.all([
      this.#process.readAgain(options.names ? server : undefined),
      this.#resolvers.readAgain(),
      this.#tellOthers(network),
    ]);
    this.#markRead();
  }

  /** Those of other networks may know the names of this one. */
  async #tellOthers(network: Called): Promise<void> {
    const named = namesFolder(this.#root, calledName(network));
    const others = withSeveral(this.#root).map((id) => `${this.#root}/${id}`);
    await Promise.all(
      others
        .filter((folder) => folder !== this.#files.folder)
        .map((folder) => new Resolvers(nameFiles(folder)).readAgain(named)),
    );
  }

  /** Its names are found by what it is called, from now on. */
  #call(network: Called): void {
    const link = namesFolder(this.#root, calledName(network));
    if (this.#isCalled(network)) return;
    this.#markUnread();
    mkdirSync(path.dirname(link), { recursive: true, mode: 0o755 });
    rmSync(link, { force: true });
    symlinkSync(this.#files.hosts, link);
  }

  #uncall(network: Called): void {
    if (this.#isCalled(network)) rmSync(namesFolder(this.#root, calledName(network)), { force: true });
  }

  #isCalled(network: Called): boolean {
    return linkIn(namesFolder(this.#root, calledName(network))) === this.#files.hosts;
  }

  /** Of all networks. */
  get #root(): string {
    return path.dirname(this.#files.folder);
  }

  #markRead(): void {
    writeFileSync(this.#files.read, '');
  }

  #markUnread(): void {
    rmSync(this.#files.read, { force: true });
  }

  /** One that reads meanwhile reads what was there or what is. */
  #write(file: string, text: string): void {
    if (textOf(file) === text) return;
    this.#markUnread();
    const beside = `${this.#files.folder}/new`;
    writeFileSync(beside, text, { mode: 0o644 });
    renameSync(beside, file);
  }
}

function linkIn(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
