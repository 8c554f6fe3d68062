import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError } from '../../../lib/errors.ts';
import type { Figures } from '../measurement.ts';
import { lastWords } from './last-words.ts';
import type { Place, Tool } from './tool.ts';

// rsync(1), as Debian has it: a daemon at the server’s end, which speaks without encryption.

interface DataSet {
  readonly files: number;
  /** Bytes of each. */
  readonly size: number;
}

/** A set of files, as one takes it before a training. */
export function copy(dataSet: DataSet): Tool {
  return {
    needs: [{ program: 'rsync', package: 'rsync' }],
    prepare: {
      server: (place) => makeSet(dataSet, place),
      client: (place) => rm(copied(place), { recursive: true, force: true }),
    },
    server: (place) => {
      const where = ['--address', place.address, '--port', String(place.port)];
      return ['rsync', '--daemon', '--no-detach', '--config', configurationIn(place), ...where];
    },
    client: (place) => {
      const { address, port } = place;
      // Whole, and as it is: what is measured is the way, not what rsync saves on it.
      return [
        'rsync',
        '--archive',
        '--whole-file',
        '--stats',
        `rsync://${address}:${port}/set/`,
        copied(place),
      ];
    },
    // It ends when all is copied: a slow path takes its time.
    patience: 60_000,
    figures: (text, seconds) => figures(dataSet, text, seconds),
  };
}

async function makeSet({ files, size }: DataSet, place: Place): Promise<void> {
  const set = path.join(place.folder, `set-${files}-${size}`);
  await writeFile(
    configurationIn(place),
    `use chroot = no\nuid = 0\ngid = 0\n[set]\npath = ${set}\nread only = yes\n`,
  );
  if (existsSync(set)) return;
  const making = `${set}.new`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  const content = randomBytes(size);
  for (let index = 0; index < files; index++) await writeFile(path.join(making, `${index}`), content);
  await rename(making, set);
}

/** @throws HeddleError ERR_MEASURE where not all of it was copied */
function figures({ files, size }: DataSet, text: string, seconds: number): Figures {
  const sent = /Total transferred file size: ([\d,]+) bytes/.exec(text)?.[1]?.replaceAll(',', '');
  if (Number(sent) !== files * size) throw new HeddleError('ERR_MEASURE', `rsync: ${lastWords(text)}`);
  return { seconds };
}

function configurationIn({ folder, port }: Place): string {
  return path.join(folder, `rsync-${port}.conf`);
}

function copied({ folder }: Place): string {
  return path.join(folder, 'copied');
}
