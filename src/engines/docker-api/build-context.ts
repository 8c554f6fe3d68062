import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import ignore from '@balena/dockerignore';
import { pack } from 'tar-fs';
import { HeddleError } from '../../lib/errors.ts';
import { readBoundedAsync } from '../../lib/read-bounded.ts';
import type { BuildSource } from '../images.ts';

/** Bytes of a .dockerignore. */
const largest = 1024 * 1024;

/** A build's folder on its way to the engine. */
interface BuildContext {
  /** A tar archive, compressed. */
  readonly archive: Readable;
  /** Name of the Dockerfile in it. */
  readonly dockerfile: string;
  /** Rejects when the folder cannot be read to its end; settled otherwise when the archive ends. */
  readonly read: Promise<void>;
}

/**
 * Packs a build's folder, without what its .dockerignore names (the Dockerfile always comes along), and with the Dockerfile
 * that the build has inline. What is no file, folder or link is left out: pipes, sockets, devices.
 * @throws HeddleError ERR_FILE_NOT_FOUND when there is no such folder
 */
export async function buildContext(source: BuildSource): Promise<BuildContext> {
  const { context, dockerfileInline: inline } = source;
  const dockerfile = inline === undefined ? (source.dockerfile ?? 'Dockerfile') : '.heddle.Dockerfile';
  const isIgnored = await ignoring(context, dockerfile);
  const files = pack(context, {
    ignore: (name) => isIgnored(path.relative(context, name)),
    strict: false,
    ...(inline !== undefined && {
      finalize: false,
      finish: (archive) => archive.entry({ name: dockerfile }, inline, () => archive.finalize()),
    }),
  });
  const archive = createGzip();
  const read = new Promise<void>((resolve, reject) => {
    pipeline(files, archive, (cause) => {
      if (!cause) return resolve();
      const message = `the build context ${context} changed or cannot be read: ${cause.message}`;
      reject(new HeddleError('ERR_FILE_NOT_FOUND', message, { cause }));
    });
  });
  return { archive, dockerfile, read };
}

async function ignoring(context: string, dockerfile: string): Promise<(name: string) => boolean> {
  const file = path.join(context, '.dockerignore');
  const text = await readBoundedAsync(file, { bytes: largest }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    if (cause.code === 'ENOTDIR')
      throw new HeddleError('ERR_FILE_NOT_FOUND', `${context} is no folder`, { cause });
    throw cause;
  });
  if (text === undefined) return () => false;
  const rules = ignore.default({ ignorecase: false }).add(text.toString('utf8'));
  const kept = path.normalize(dockerfile);
  return (name) => name !== '' && name !== kept && !kept.startsWith(`${name}/`) && rules.ignores(name);
}
