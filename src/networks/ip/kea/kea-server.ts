import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import PQueue from 'p-queue';
import { replaceFile } from '../../../lib/replace-file.ts';
import { deleteLinks, type Namespace } from '../../ip.ts';
import { serverPortName } from '../../linux/names.ts';
import { keaSubnet } from '../dhcp.ts';
import { textOf } from '../end-process.ts';
import type { NetworkServer } from '../network-server.ts';
import type { IpEndpoint, IpNetwork } from '../settle.ts';
import { type KeaFiles, keaConfiguration, keaFiles, keaReservation, type Reservation } from './kea.ts';
import { checkInstalled, KeaProcess } from './kea-process.ts';
import { isJoined, joinServer, type Links, veths } from './server-port.ts';

interface Place {
  /** Its own, which only root can write to. */
  readonly folder: string;
  /** Of the network. */
  readonly id: string;
  /** Where the network's bridge is. */
  readonly host: Namespace;
}

/** Who gives the IPv4 addresses of one network, where it asks for kea. There is one object a network: it writes one file for all. */
export class KeaServer implements NetworkServer {
  readonly #files: KeaFiles;
  readonly #process: KeaProcess;
  readonly #place: Place;
  readonly #turns = new PQueue({ concurrency: 1 });

  constructor(place: Place) {
    this.#files = keaFiles(place.folder);
    this.#process = new KeaProcess(this.#files);
    this.#place = place;
  }

  isWanted({ options }: IpNetwork): boolean {
    return keaSubnet(options) !== undefined;
  }

  async prepare(): Promise<void> {
    if (this.#process.pid() === undefined) await checkInstalled();
  }

  apply(network: IpNetwork, bridge: string): Promise<void> {
    return this.#turns.add(async () => {
      this.#write(network);
      const { host } = this.#place;
      const pid = this.#process.pid() ?? (await this.#process.start());
      if (!isJoined(network, bridge, await veths(host))) {
        this.#markUnread();
        await joinServer(network, bridge, pid, host);
      }
      await this.#readAgain(() => this.#process.listens());
    });
  }

  remove(): Promise<void> {
    return this.#turns.add(async () => {
      const { folder, id, host } = this.#place;
      if (!existsSync(folder)) return;
      await this.#process.end();
      // It goes with its namespace, but not at once.
      await deleteLinks(host, [serverPortName(id)]);
      rmSync(folder, { recursive: true, force: true });
    });
  }

  async add(endpoint: IpEndpoint, network: IpNetwork): Promise<void> {
    const reservation = keaReservation(endpoint, network);
    if (!reservation) return this.delete(endpoint, network);
    const file = this.#fileOf(endpoint);
    const text = JSON.stringify(reservation);
    mkdirSync(this.#files.reservations, { recursive: true, mode: 0o755 });
    if (textOf(file) !== text) replaceFile(file, text, 0o644);
    await this.#follow(network);
  }

  async delete(endpoint: IpEndpoint, network: IpNetwork): Promise<void> {
    rmSync(this.#fileOf(endpoint), { force: true });
    await this.#follow(network);
  }

  /** Whether it is told what an endpoint gets. */
  knows(endpoint: IpEndpoint, network: IpNetwork): boolean {
    const reservation = keaReservation(endpoint, network);
    return textOf(this.#fileOf(endpoint)) === (reservation && JSON.stringify(reservation));
  }

  /** Whether it runs, on its network, by what is written. */
  isCurrent(network: IpNetwork, bridge: string, links: Links): boolean {
    return (
      this.#process.pid() !== undefined && existsSync(this.#files.read) && isJoined(network, bridge, links)
    );
  }

  /** Of those that change at once, the first has all read. */
  #follow(network: IpNetwork): Promise<void> {
    return this.#turns.add(async () => {
      // One that does not run reads all of it when it starts.
      if (this.#process.pid() === undefined) return;
      this.#write(network);
      await this.#readAgain();
    });
  }

  async #readAgain(andThen?: () => Promise<void>): Promise<void> {
    if (existsSync(this.#files.read)) return;
    await this.#process.reload();
    await andThen?.();
    writeFileSync(this.#files.read, '');
  }

  #write(network: IpNetwork): void {
    const { config } = this.#files;
    const configuration = keaConfiguration(network, this.#reservations());
    if (configuration === undefined || textOf(config) === configuration) return;
    this.#markUnread();
    mkdirSync(path.dirname(config), { recursive: true, mode: 0o755 });
    replaceFile(config, configuration, 0o644);
  }

  #markUnread(): void {
    rmSync(this.#files.read, { force: true });
  }

  #reservations(): Reservation[] {
    const { reservations } = this.#files;
    if (!existsSync(reservations)) return [];
    // What was being written when a process was killed is written again.
    const files = readdirSync(reservations).filter((name) => !name.includes('.'));
    return files.sort().flatMap((name) => parsed(textOf(`${reservations}/${name}`)) ?? []);
  }

  #fileOf({ id }: IpEndpoint): string {
    return `${this.#files.reservations}/${id}`;
  }
}

/** One that somebody else has written to counts for nothing: its endpoint has it written anew. */
function parsed(text: string | undefined): Reservation | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Reservation);
  } catch {
    return undefined;
  }
}
