import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './installed.ts';
import type { Stations } from './stations.ts';

/** Of each thing that a client asks for, what it got. */
export type Lease = Readonly<Record<'ip' | 'router' | 'dns' | 'hostname', string>>;

/** Asks for an address on one’s interface by busybox’s udhcpc, as a machine does, and changes nothing there. */
export class DhcpClient {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-dhcp-'));
  readonly #stations: Stations;

  constructor(stations: Stations) {
    this.#stations = stations;
    writeFileSync(
      this.#script,
      '#!/bin/sh\n[ "$1" = bound ] && echo "GOT $ip,$router,$dns,$hostname"\nexit 0\n',
    );
    chmodSync(this.#script, 0o755);
  }

  /** @returns nothing when nobody answers */
  ask(station: string, ...more: readonly string[]): Lease | undefined {
    const busybox = path.join(root, '.cache/tools/busybox');
    const client = [busybox, 'udhcpc', '-i', 'eth0', '-n', '-q', '-s', this.#script, ...more];
    // One that has no lease ends with an error.
    const said = this.#stations.run(station, 'sh', '-c', '"$@" 2>&1 || true', 'sh', ...client);
    const got = /^GOT (.*)$/m.exec(said)?.[1]?.split(',');
    if (!got) return undefined;
    const [ip = '', router = '', dns = '', hostname = ''] = got;
    return { ip, router, dns, hostname };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  get #script(): string {
    return `${this.#folder}/script`;
  }
}
