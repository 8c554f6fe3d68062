import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { composeLabel, type Labels, label } from '../../lib/labels.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import type { VolumeSpec } from '../../selector/spec.ts';
import type { ObservedResource } from '../observed.ts';
import type { LxcFolders } from './folders.ts';
import { ask } from './programs.ts';
import type { LxcRecords } from './record.ts';
import { placeIn } from './root-fs.ts';

interface VolumeNote {
  readonly labels: Labels;
}

/** Volumes of containers: folders of this host. */
export class LxcVolumes {
  readonly #folders: LxcFolders;
  readonly #records: LxcRecords;

  constructor(folders: LxcFolders, records: LxcRecords) {
    this.#folders = folders;
    this.#records = records;
  }

  names(): string[] {
    const { volumes } = this.#folders;
    return existsSync(volumes) ? readdirSync(volumes).filter((name) => existsSync(this.#note(name))) : [];
  }

  of(project: string): ObservedResource[] {
    return this.names().flatMap((name) => {
      const { labels } = this.#read(name);
      if (labels[composeLabel.project] !== project && labels[label.project] !== project) return [];
      const hash = labels[label.hash];
      return [
        {
          name,
          own: labels[label.project] === project,
          ...(hash !== undefined && { hash }),
          made: { driver: 'local', options: {}, labels },
        },
      ];
    });
  }

  /** @throws HeddleError ERR_COMPOSE_UNSUPPORTED for one that is no plain folder */
  create({ name, driver, driverOptions, labels: own }: VolumeSpec, key: string, labels: Labels): void {
    if ((driver ?? 'local') !== 'local' || Object.keys(driverOptions).length > 0)
      throw new HeddleError(
        'ERR_COMPOSE_UNSUPPORTED',
        `the volume ${name}: with LXC a volume is a folder of this host, without a driver or options of its own`,
      );
    this.#make(name, { ...own, ...labels, [composeLabel.volume]: key });
  }

  /** For one that bears no name of anybody's. */
  anonymousName(): string {
    return randomBytes(32).toString('hex');
  }

  /** Where it is, or will be. */
  folder(name: string): string {
    return this.#data(name);
  }

  /** Makes it where nobody has. */
  ensure(name: string): void {
    if (existsSync(this.#note(name))) mkdirSync(this.#data(name), { recursive: true, mode: 0o755 });
    else this.#make(name, {});
  }

  /** What the image has where an empty volume is mounted is in it first. */
  async fill(name: string, rootFs: string, target: string): Promise<void> {
    const from = placeIn(rootFs, target);
    const to = this.#data(name);
    // What was interrupted is begun again: until then nothing has been started that could have changed it.
    const filling = path.join(this.#folders.volumes, name, 'filling');
    if (!statSync(from, { throwIfNoEntry: false })?.isDirectory()) return;
    if (readdirSync(to).length > 0 && !existsSync(filling)) return;
    writeFileSync(filling, '');
    await ask('cp', ['-a', '-T', '--', from, to], 3_600_000);
    rmSync(filling);
  }

  /** @throws HeddleError ERR_ENGINE while a container has it */
  remove(name: string): void {
    const data = this.#data(name);
    const user = this.#records
      .list()
      .find(({ made }) => made.kind === 'container' && made.home.mounts.some((mount) => isIn(mount, data)));
    if (user) throw new HeddleError('ERR_ENGINE', `the volume ${name} is in use by ${user.name}`);
    // With the note, it is known for a volume of Heddle’s: that goes last.
    rmSync(data, { recursive: true, force: true });
    rmSync(path.join(this.#folders.volumes, name), { recursive: true, force: true });
  }

  #make(name: string, labels: Labels): void {
    mkdirSync(this.#data(name), { recursive: true, mode: 0o755 });
    replaceFile(this.#note(name), JSON.stringify({ labels } satisfies VolumeNote), 0o600);
  }

  /** @throws HeddleError ERR_ENGINE for one that cannot be read */
  #read(name: string): VolumeNote {
    const note = this.#note(name);
    try {
      return JSON.parse(readFileSync(note, 'utf8')) as VolumeNote;
    } catch (cause) {
      throw new HeddleError('ERR_ENGINE', `${note}: ${(cause as Error).message}`, {
        cause,
        hint: 'remove that file: with it the volume is nobody’s, and what is in it stays',
      });
    }
  }

  #data(name: string): string {
    return path.join(this.#folders.volumes, name, '_data');
  }

  #note(name: string): string {
    return path.join(this.#folders.volumes, name, 'volume.json');
  }
}

function isIn(mount: { readonly type: string; readonly source?: string }, folder: string): boolean {
  return (
    mount.type === 'bind' && (mount.source === folder || mount.source?.startsWith(`${folder}/`) === true)
  );
}
