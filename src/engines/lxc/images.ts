import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HeddleError } from '../../lib/errors.ts';
import { lines } from '../../lib/lines.ts';
import type { BuildSource, Images, ObservedImage, Progress } from '../images.ts';
import { imageOf } from './image-config.ts';
import { ask } from './programs.ts';
import { removeRootFs } from './root-fs.ts';

/** Milliseconds that building, pulling and pushing may take. */
const longest = 3_600_000;

interface Listed {
  readonly id: string;
  readonly names: readonly string[] | null;
  /** `1.92 GB`. */
  readonly size: string;
}

/** Images by buildah(1), in the store that it shares with Podman. */
export class LxcImages implements Images {
  async find(reference: string): Promise<ObservedImage | undefined> {
    const text = await ask('buildah', ['images', '--json', '--no-trunc', reference]).catch(
      (cause: HeddleError) => {
        if (/not known|no such image|unable to locate|not found/i.test(cause.message)) return '[]';
        throw cause;
      },
    );
    const all = (JSON.parse(text || '[]') ?? []) as Listed[];
    const [first] = all;
    if (!first) return undefined;
    const { config } = await imageOf(first.id.replace(/^sha256:/, ''));
    const volumes = Object.keys(config.Volumes ?? {});
    return {
      id: first.id.replace(/^sha256:/, ''),
      names: all.flatMap(({ names }) => names ?? []),
      size: bytesOf(first.size),
      ...(volumes.length > 0 && { volumes }),
    };
  }

  pull(reference: string, progress: Progress): Promise<void> {
    return followed(['pull', reference], progress);
  }

  push(reference: string, progress: Progress): Promise<void> {
    return followed(['push', reference], progress);
  }

  async build(reference: string, source: BuildSource, progress: Progress): Promise<void> {
    const folder = mkdtempSync(path.join(tmpdir(), 'heddle-build-'));
    try {
      const inline = path.join(folder, 'Containerfile');
      if (source.dockerfileInline !== undefined) writeFileSync(inline, source.dockerfileInline);
      const file =
        source.dockerfileInline !== undefined
          ? inline
          : source.dockerfile && path.resolve(source.context, source.dockerfile);
      await followed(
        [
          ...['build', '--layers', '-t', reference],
          ...source.tags.flatMap((tag) => ['-t', tag]),
          ...(file === undefined ? [] : ['-f', file]),
          ...Object.entries(source.args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
          ...Object.entries(source.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
          ...(source.target === undefined ? [] : ['--target', source.target]),
          ...(source.network === undefined ? [] : ['--network', source.network]),
          ...source.extraHosts.flatMap((host) => ['--add-host', host]),
          ...(source.noCache ? ['--no-cache'] : []),
          ...(source.pull ? ['--pull-always'] : []),
          source.context,
        ],
        progress,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async import(archive: Readable, progress: Progress): Promise<string> {
    const id = randomBytes(32).toString('hex');
    progress('importing an image');
    await ask('buildah', ['from', '--name', id, 'scratch']);
    try {
      const folder = (await ask('buildah', ['mount', id])).trim();
      await unpack(archive, folder);
      return (await ask('buildah', ['commit', '-q', id], longest)).trim().replace(/^sha256:/, '');
    } finally {
      await removeRootFs(id);
    }
  }

  async tag(existing: string, reference: string): Promise<void> {
    await ask('buildah', ['tag', existing, reference]);
  }

  async remove(reference: string): Promise<string | undefined> {
    try {
      await ask('buildah', ['rmi', reference]);
      return undefined;
    } catch (cause) {
      const { message } = cause as HeddleError;
      if (/not known|no such image|unable to locate|not found/i.test(message)) return undefined;
      if (/in use|used by|dependent/i.test(message)) return message.replace(/^buildah rmi [^:]*: /, '');
      throw cause;
    }
  }
}

/** Unpacks a tar archive, which may be compressed, in a folder. */
async function unpack(archive: Readable, folder: string): Promise<void> {
  const tar = spawn('tar', ['-x', '-C', folder, '--numeric-owner', '--xattrs', '-f', '-'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  tar.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const ended = new Promise<number | null>((resolve) => tar.on('close', resolve));
  await pipeline(archive, tar.stdin).catch(() => {});
  if ((await ended) !== 0) throw new HeddleError('ERR_ENGINE', `importing an image: ${said.trim()}`);
}

/** Runs buildah, whose lines are progress, to its end. @throws HeddleError ERR_ENGINE with what it said last */
async function followed(args: readonly string[], progress: Progress): Promise<void> {
  const child = spawn('buildah', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: longest });
  let last = '';
  const follow = async (stream: Readable) => {
    for await (const line of lines(stream)) {
      if (line.trim() === '') continue;
      last = line.trim();
      progress(line.trimEnd());
    }
  };
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  await Promise.all([follow(child.stdout), follow(child.stderr)]);
  if ((await ended) !== 0) throw new HeddleError('ERR_ENGINE', `buildah ${args[0]}: ${last}`);
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `1.92 GB`: buildah says no more. */
function bytesOf(text: string): number {
  const [amount = '0', unit = 'B'] = text.split(' ');
  return Math.round(Number(amount) * 1000 ** Math.max(0, units.indexOf(unit.toUpperCase())));
}
