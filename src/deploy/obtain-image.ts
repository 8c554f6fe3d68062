import { spawn } from 'node:child_process';
import type { Engine } from '../engines/engine.ts';
import type { Progress } from '../engines/images.ts';
import { HeddleError, isHeddleError } from '../lib/errors.ts';
import { isInstalled } from '../lib/exec.ts';
import type { ImageSource } from '../selector/spec.ts';

/** Makes an image present: pulls it, builds it, or makes the catalogue's base. */
export async function obtainImage(
  engine: Engine,
  reference: string,
  source: ImageSource,
  progress: Progress,
): Promise<void> {
  switch (source.kind) {
    case 'registry':
      if (source.policy === 'never') {
        throw new HeddleError(
          'ERR_IMAGE_MISSING',
          `${reference} is not present, and its pull_policy is never`,
        );
      }
      return pull(engine, reference, progress);
    case 'build':
      return engine.images.build(reference, source, progress);
    case 'catalogue':
      return engine.images.build(reference, catalogueBuild(source), progress);
    case 'base':
      return obtainBase(engine, reference, source.registry, progress);
  }
}

async function pull(engine: Engine, reference: string, progress: Progress): Promise<void> {
  try {
    await engine.images.pull(reference, progress);
  } catch (cause) {
    if (isHeddleError(cause, 'ERR_REGISTRY_CREDENTIALS')) throw cause;
    if (await engine.images.find(reference)) return;
    const { message } = cause as Error;
    throw new HeddleError('ERR_IMAGE_MISSING', message, { cause });
  }
}

function catalogueBuild({ folder, base, noCache }: Extract<ImageSource, { kind: 'catalogue' }>) {
  return {
    kind: 'build',
    context: folder,
    dockerfile: 'Containerfile',
    args: base === undefined ? {} : { BASE: base },
    labels: {},
    extraHosts: [],
    noCache: noCache === true,
    pull: false,
    tags: [],
    always: false,
  } as const;
}

/** What a Debian image has and no container of Heddle's reads. */
const leftOut = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

/** The base image: from a registry, or where none can be reached, made from Debian's packages. */
async function obtainBase(
  engine: Engine,
  reference: string,
  registry: string,
  progress: Progress,
): Promise<void> {
  const pulled = await engine.images.pull(registry, progress).then(
    () => undefined,
    (cause: Error) => cause,
  );
  if (pulled === undefined) return engine.images.tag(registry, reference);
  if (!(await isInstalled('mmdebstrap'))) {
    throw new HeddleError('ERR_IMAGE_MISSING', pulled.message, {
      cause: pulled,
      hint: 'give the engine access to a registry, or install mmdebstrap to make the base from Debian packages',
    });
  }
  progress('no registry answers: making the base image from Debian packages');
  const excludes = leftOut.map((pattern) => `--dpkgopt=path-exclude=${pattern}`);
  const maker = spawn('mmdebstrap', ['--variant=minbase', '--quiet', ...excludes, 'bookworm', '-'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  maker.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const ended = new Promise<number | null>((resolve) => maker.on('close', resolve));
  const id = await engine.images.import(maker.stdout, progress);
  if ((await ended) !== 0) throw new HeddleError('ERR_IMAGE_MISSING', `mmdebstrap failed: ${said.trim()}`);
  // Named only when it is whole.
  await engine.images.tag(id, reference);
}
