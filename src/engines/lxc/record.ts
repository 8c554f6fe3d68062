import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';
import type { Labels } from '../../lib/labels.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import type { ContainerSpec } from '../../selector/spec.ts';
import type { AnonymousVolume } from '../observed.ts';
import type { ContainerHome, OwnSandbox } from '../workloads.ts';
import type { LxcFolders } from './folders.ts';

/** What Heddle knows of a container of LXC's from when it was made. */
export interface LxcRecord {
  readonly name: string;
  /** 64 hexadecimal digits; its root file system bears it as a name at buildah, too. */
  readonly id: string;
  readonly labels: Labels;
  readonly image: string;
  readonly imageId: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** False while it is being made. */
  readonly isWhole: boolean;
  /** What runs in it. */
  readonly process: LxcProcess;
  readonly made:
    | { readonly kind: 'sandbox'; readonly sandbox: OwnSandbox }
    | { readonly kind: 'container'; readonly container: ContainerSpec; readonly home: LxcHome };
  readonly anonymous: readonly AnonymousVolume[];
  readonly health?: LxcHealth;
}

type Given = ContainerHome['mounts'][number];

/** A mount as it is on this host: volumes are folders, of which `part` may be mounted alone. */
export type LxcMount =
  | (Extract<Given, { type: 'bind' }> & { readonly part?: string })
  | Exclude<Given, { type: 'volume' | 'bind' }>;

export type LxcHome = Omit<ContainerHome, 'mounts'> & { readonly mounts: readonly LxcMount[] };

export interface LxcProcess {
  readonly words: readonly string[];
  /** Whether its first program is an init that starts all of a system. */
  readonly isSystem: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly workingDir: string;
  /** Of who it runs as; what the environment says of `HOME` comes first. */
  readonly home: string;
  /** `SIGTERM`. */
  readonly stopSignal: string;
}

/** Milliseconds. */
export interface LxcHealth {
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly retries: number;
}

/** The records of all containers. */
export class LxcRecords {
  readonly #folders: LxcFolders;

  constructor(folders: LxcFolders) {
    this.#folders = folders;
  }

  /** All that can be read: one that is mangled keeps nobody from the others, and is said where it is asked for. */
  list(): LxcRecord[] {
    const { containers } = this.#folders;
    if (!existsSync(containers)) return [];
    return readdirSync(containers).flatMap((name) => {
      try {
        return this.find(name) ?? [];
      } catch {
        return [];
      }
    });
  }

  /** Names that are taken. */
  names(): string[] {
    const { containers } = this.#folders;
    if (!existsSync(containers)) return [];
    return readdirSync(containers).filter((name) => existsSync(this.#folders.of(name).record));
  }

  /**
   * Nothing: there is none.
   * @throws HeddleError ERR_ENGINE for one that cannot be read
   */
  find(name: string): LxcRecord | undefined {
    const { record } = this.#folders.of(name);
    let text: string;
    try {
      text = readFileSync(record, 'utf8');
    } catch (cause) {
      if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw cause;
    }
    try {
      const found = JSON.parse(text) as LxcRecord;
      if (found?.name === name && typeof found.id === 'string' && found.made && found.process) return found;
      throw new Error('it is no record of this container');
    } catch (cause) {
      throw new HeddleError('ERR_ENGINE', `${record}: ${(cause as Error).message}`, {
        cause,
        hint: `end what runs in it (lxc-stop -P ${this.#folders.containers} -n ${name} -k), and remove its folder`,
      });
    }
  }

  /** @throws HeddleError ERR_ENGINE where there is none */
  get(name: string): LxcRecord {
    const found = this.find(name);
    if (!found) throw new HeddleError('ERR_ENGINE', `there is no container ${name}`);
    return found;
  }

  write(record: LxcRecord): void {
    const files = this.#folders.of(record.name);
    mkdirSync(files.folder, { recursive: true, mode: 0o700 });
    replaceFile(files.record, JSON.stringify(record), 0o600);
  }
}
