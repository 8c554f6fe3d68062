import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../../lib/errors.ts';
import { contentHash } from '../../../lib/hash.ts';
import type { IngressPort } from '../edge.ts';
import { portName, stubName } from '../names.ts';
import { attachOwn, detachOwn, ownQdisc } from './attach.ts';
import { bpftool } from './bpftool.ts';
import { checkProgram, largestObject } from './check-program.ts';
import { type ProgramName, programNames } from './program.ts';
import { tcBatch } from './tc.ts';

/** Where each hangs: frames pass it before the edge on their way to the wire, and after it on their way from there. */
const devOf: Readonly<Record<ProgramName, (vlan: number) => string>> = {
  to_wire: portName,
  from_wire: stubName,
};

/**
 * Programs that networks have of their own, pinned in a folder: VLAN/DIGEST/NAME. Another takes the place of the one before
 * without a gap. Those of a network that has none, or whose interfaces went, go.
 */
export class OwnPrograms {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws HeddleError ERR_NETWORK_PROGRAM; those of other networks are there all the same */
  async apply(ports: readonly IngressPort[]): Promise<void> {
    const wanted = new Map(ports.map((port) => [String(port.vlan), port]));
    for (const name of existsSync(this.#folder) ? readdirSync(this.#folder) : []) {
      const port = wanted.get(name);
      if (port?.program !== undefined) continue;
      if (port) for (const program of programNames) await detach(port.vlan, program);
      rmSync(path.join(this.#folder, name), { recursive: true, force: true });
    }
    for (const port of ports) if (port.program !== undefined) await this.#hang(port, port.program);
  }

  async #hang(port: IngressPort, file: string): Promise<void> {
    const object = read(port, file);
    checkProgram(port.name, object);
    const all = path.join(this.#folder, String(port.vlan));
    const digest = contentHash(object).slice(0, 16);
    const folder = path.join(all, digest);
    if (!existsSync(folder)) await load(port, file, folder);
    for (const name of programNames) {
      const pinned = path.join(folder, name);
      const dev = devOf[name](port.vlan);
      if (existsSync(pinned)) await tcBatch([ownQdisc(dev), attachOwn(dev, pinned)]);
      else await detach(port.vlan, name);
    }
    for (const other of readdirSync(all))
      if (other !== digest) rmSync(path.join(all, other), { recursive: true, force: true });
  }
}

function read({ name }: IngressPort, file: string): Buffer {
  const refused = (why: string, cause?: unknown) =>
    new HeddleError('ERR_NETWORK_PROGRAM', `network ${name}: its program ${file} ${why}`, { cause });
  try {
    const found = statSync(file);
    if (!found.isFile()) throw refused('is no file');
    if (found.size > largestObject) throw refused('is too large');
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    throw refused('cannot be read', cause);
  }
}

/** The kernel verifies it: that it ends, and reads and writes nothing but frames and its maps. */
async function load({ name }: IngressPort, file: string, folder: string): Promise<void> {
  const refused = (why: string, cause?: unknown) =>
    new HeddleError('ERR_NETWORK_PROGRAM', `network ${name}: its program ${file} ${why}`, { cause });
  mkdirSync(path.dirname(folder), { recursive: true });
  try {
    await bpftool('prog', 'loadall', file, folder, 'type', 'classifier');
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw refused(`is refused by the kernel: ${(cause as Error).message.slice(0, 2000)}`, cause);
  }
  const names = readdirSync(folder);
  if (names.length > 0 && names.every((found) => programNames.some((known) => known === found))) return;
  rmSync(folder, { recursive: true, force: true });
  throw refused(`has to have functions to_wire, from_wire or both, and has ${names.join(', ') || 'none'}`);
}

async function detach(vlan: number, name: ProgramName): Promise<void> {
  // What is not there is as wished.
  await tcBatch([detachOwn(devOf[name](vlan))]).catch(() => {});
}
