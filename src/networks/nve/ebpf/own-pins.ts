import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { IngressPort, RunningProgram } from '../edge.ts';
import type { ProgramName } from './program.ts';

type Owner = Pick<IngressPort, 'vlan' | 'network'>;

/** While it is loaded, and after a kill on the way. */
const loading = 'loading';

/**
 * Where programs of networks' own are in the kernel's file system: VLAN-NETWORK/NAME-SHA256/FUNCTION. So whoever looks knows
 * whose each is, which, and since when, whatever became of the process that loaded it. (A name there has no dot.)
 */
export class OwnPins {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What the kernel has for a network; the one that was loaded last. */
  current({ vlan, network }: Owner): RunningProgram | undefined {
    return this.#loaded(ownerOf(vlan, network)).at(-1);
  }

  /** The same, whatever network has the VLAN id. */
  onVlan(vlan: number): RunningProgram | undefined {
    const [owner] = this.#owners().filter((name) => name.startsWith(`${vlan}-`));
    return owner === undefined ? undefined : this.#loaded(owner).at(-1);
  }

  vlans(): number[] {
    return this.#owners().map((name) => Number.parseInt(name, 10));
  }

  /** File of a function of a program; nothing where the program has none. */
  pin({ vlan, network }: Owner, program: RunningProgram, name: ProgramName): string | undefined {
    const pin = path.join(this.#folder, ownerOf(vlan, network), folderOf(program), name);
    return existsSync(pin) ? pin : undefined;
  }

  /** Has a program loaded, unless it is there, in place of the one before; whole or not at all. */
  async add(
    { vlan, network }: Owner,
    program: Pick<RunningProgram, 'name' | 'sha256'>,
    load: (folder: string) => Promise<void>,
  ): Promise<void> {
    const all = path.join(this.#folder, ownerOf(vlan, network));
    const [beside, folder] = [path.join(all, loading), path.join(all, folderOf(program))];
    if (existsSync(folder)) return this.#keep(all, folderOf(program));
    mkdirSync(all, { recursive: true });
    rmSync(beside, { recursive: true, force: true });
    try {
      await load(beside);
      renameSync(beside, folder);
    } catch (error) {
      rmSync(beside, { recursive: true, force: true });
      if (readdirSync(all).length === 0) rmSync(all, { recursive: true });
      throw error;
    }
    this.#keep(all, folderOf(program));
  }

  /** Forgets those of all others. */
  keepOwners(owners: readonly Owner[]): void {
    for (const name of this.#others(owners))
      rmSync(path.join(this.#folder, name), { recursive: true, force: true });
  }

  /** The VLAN ids of what would not be kept. */
  surplus(owners: readonly Owner[]): number[] {
    return this.#others(owners).map((name) => Number.parseInt(name, 10));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #others(owners: readonly Owner[]): string[] {
    const kept = new Set(owners.map(({ vlan, network }) => ownerOf(vlan, network)));
    return this.#owners().filter((name) => !kept.has(name));
  }

  #owners(): string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder) : [];
  }

  /** In the order in which they were loaded. */
  #loaded(owner: string): RunningProgram[] {
    const all = path.join(this.#folder, owner);
    if (!existsSync(all)) return [];
    return readdirSync(all)
      .flatMap((folder) => {
        const [, name, sha256] = /^(.+)-([0-9a-f]{64})$/.exec(folder) ?? [];
        if (name === undefined || sha256 === undefined) return [];
        return [{ name, sha256, since: statSync(path.join(all, folder)).mtime.toISOString() }];
      })
      .sort((one, other) => one.since.localeCompare(other.since));
  }

  /** What hangs somewhere is there until another takes its place. */
  #keep(all: string, kept: string): void {
    for (const name of readdirSync(all))
      if (name !== kept) rmSync(path.join(all, name), { recursive: true, force: true });
  }
}

function ownerOf(vlan: number, network: string): string {
  return `${vlan}-${network}`;
}

function folderOf({ name, sha256 }: Pick<RunningProgram, 'name' | 'sha256'>): string {
  return `${name}-${sha256}`;
}
