import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bpftool } from '../../bpf/bpftool.ts';
import { digestOf } from '../../bpf/object-file.ts';
import { mapNames } from './maps.ts';

export const programNames = ['to_wire', 'from_wire'] as const;
export type ProgramName = (typeof programNames)[number];

/**
 * The edge's programs and maps in the kernel, pinned in a folder. Another version of the object, and another object, takes the
 * maps of the one before over, with all that is in them.
 */
export class Program {
  readonly #folder: string;
  readonly #programs: string;
  readonly #digest: string;
  readonly #object: string;
  readonly #maps: readonly string[];

  /**
   * `maps`: those that it has besides.
   * @throws HeddleError ERR_NETWORK where the object was not built
   */
  constructor(folder: string, object: string, maps: readonly string[] = []) {
    this.#folder = folder;
    this.#maps = [...mapNames, ...maps];
    this.#object = object;
    this.#digest = digestOf(object);
    this.#programs = path.join(folder, this.#digest);
  }

  map(name: string): string {
    return path.join(this.#folder, 'maps', name);
  }

  program(name: string): string {
    return path.join(this.#programs, name);
  }

  get isLoaded(): boolean {
    return this.hasMaps && [...programNames, 'begin'].every((name) => existsSync(this.program(name)));
  }

  /** Whether there is what one of its versions has noted and counted. */
  get hasMaps(): boolean {
    return this.#maps.every((name) => existsSync(this.map(name)));
  }

  /** Loads it, unless it is there whole: a kill may have left a part. What hangs on interfaces is not touched. */
  async load(): Promise<void> {
    if (this.isLoaded) return;
    rmSync(this.#programs, { recursive: true, force: true });
    const maps = path.join(this.#folder, 'maps');
    if (!this.hasMaps) rmSync(maps, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    const which = this.hasMaps
      ? this.#maps.flatMap((name) => ['map', 'name', name, 'pinned', this.map(name)])
      : ['pinmaps', maps];
    await bpftool('prog', 'loadall', this.#object, this.#programs, ...which);
  }

  /** Forgets versions that nothing hangs on any more. */
  forgetOthers(): void {
    for (const name of readdirSync(this.#folder))
      if (name !== 'maps' && name !== this.#digest)
        rmSync(path.join(this.#folder, name), { recursive: true, force: true });
  }

  /** Forgets all of it; what hangs on interfaces goes with these. */
  unload(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
