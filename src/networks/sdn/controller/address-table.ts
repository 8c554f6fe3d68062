/** Addresses of one port: what is behind it floods nobody but itself. */
const mostOfPort = 1024;

/** Which address was learned at which port of a network. */
export class AddressTable {
  readonly #portOf = new Map<string, number>();
  readonly #counts = new Map<number, number>();

  /** @returns whether something has changed; an address that is one too many of its port is not learned */
  learn(mac: string, port: number): boolean {
    const before = this.#portOf.get(mac);
    if (before === port || this.#count(port) >= mostOfPort) return false;
    this.forget(mac);
    this.#portOf.set(mac, port);
    this.#counts.set(port, this.#count(port) + 1);
    return true;
  }

  forget(mac: string): void {
    const port = this.#portOf.get(mac);
    if (port === undefined) return;
    this.#portOf.delete(mac);
    this.#counts.set(port, this.#count(port) - 1);
  }

  portOf(mac: string): number | undefined {
    return this.#portOf.get(mac);
  }

  entries(): Iterable<readonly [mac: string, port: number]> {
    return this.#portOf;
  }

  #count(port: number): number {
    return this.#counts.get(port) ?? 0;
  }
}
