import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerHome } from '../engines/workloads.ts';
import { HeddleError } from '../lib/errors.ts';
import { below, checkedName } from '../lib/names.ts';
import { readBoundedAsync } from '../lib/read-bounded.ts';
import { replaceFileSoon } from '../lib/replace-file.ts';
import type { ContainerSpec, MountSpec } from '../selector/spec.ts';
import { parseRecord, type RecordKind, toRecord } from '../state/record.ts';
import { makeBindSource } from './bind-source.ts';

/** An application's folder in the node's state folder (0700): collectors' data, and files mounted into containers. */
export class StateFolder {
  readonly path: string;

  constructor(stateDir: string, project: string) {
    this.path = path.join(stateDir, 'applications', checkedName('project', project));
  }

  exists(): boolean {
    return existsSync(this.path);
  }

  /** Turns a container's symbolic mounts into binds, and puts on disk what they show. */
  async resolveMounts(container: ContainerSpec): Promise<ContainerHome['mounts']> {
    const resolved: ContainerHome['mounts'][number][] = [];
    for (const [index, mount] of container.mounts.entries()) {
      resolved.push(await this.#resolve(container.name, index, mount));
    }
    return resolved;
  }

  /** Writes a file whole, or not at all. */
  async write(name: string, content: string | Buffer): Promise<void> {
    const file = below(this.path, name);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await replaceFileSoon(file, content, 0o600);
  }

  writeRecord<Value>(kind: RecordKind<Value>, name: string, value: Value): Promise<void> {
    return this.write(name, JSON.stringify(toRecord(kind, value)));
  }

  /**
   * A record, or nothing when there is none.
   * @throws HeddleError ERR_STATE for one that is not understood, ERR_STATE_NEWER
   */
  async readRecord<Value>(kind: RecordKind<Value>, name: string): Promise<Value | undefined> {
    const file = below(this.path, name);
    const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw new HeddleError('ERR_STATE', `${file}: ${cause.message}`, { cause });
    });
    return text === undefined ? undefined : parseRecord(kind, text, name, file);
  }

  /** Gives a file that is not understood another name, beside it. */
  async setAside(name: string): Promise<void> {
    const file = below(this.path, name);
    await rename(file, `${file}.spoilt`);
  }

  /** Removes what the application had; its collectors' data only if `keepData` is not set. */
  async remove(keepData: boolean): Promise<void> {
    const targets = keepData
      ? ['files', 'secrets', 'functions', 'anonymous', 'hooks', 'outputs', 'jobs']
      : [''];
    for (const target of targets) {
      const folder = path.join(this.path, target);
      await rm(folder, { recursive: true, force: true }).catch((cause: Error) => {
        throw new HeddleError('ERR_TEARDOWN', `${folder} cannot be removed: ${cause.message}`, { cause });
      });
    }
  }

  /** Removes what was written for a pod that is gone for good: its files, and its functions' rules. */
  async forget(pod: string): Promise<void> {
    for (const folder of ['files', 'functions', 'hooks', 'jobs']) {
      const all = await readdir(path.join(this.path, folder)).catch(() => []);
      for (const name of all.filter((one) => one === pod || one.startsWith(`${pod}.`))) {
        await rm(path.join(this.path, folder, name), { recursive: true, force: true });
      }
    }
  }

  async #resolve(
    container: string,
    index: number,
    mount: MountSpec,
  ): Promise<ContainerHome['mounts'][number]> {
    switch (mount.type) {
      case 'state': {
        const source = below(this.path, mount.source);
        await mkdir(source, { recursive: true, mode: 0o700 });
        // On this host it stays below a folder of root's alone.
        if (mount.anybody) await chmod(source, 0o777);
        return { type: 'bind', source, target: mount.target, readOnly: mount.readOnly, createSource: false };
      }
      case 'secret': {
        const source = await this.#secretFile(mount.name, mount.keys);
        return { type: 'bind', source, target: mount.target, readOnly: true, createSource: false };
      }
      case 'file': {
        const source = await this.#writeFile(`${container}.${index}`, mount);
        return { type: 'bind', source, target: mount.target, readOnly: true, createSource: false };
      }
      case 'bind':
        if (mount.createSource) await makeBindSource(mount.source);
        return mount;
      default:
        return mount;
    }
  }

  /** Made once; never changed while the application is there, so that both ends of a secret agree. */
  async #secretFile(name: string, keys: readonly string[]): Promise<string> {
    const file = below(path.join(this.path, 'secrets'), name);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const lines = keys.map((key) => `${key}=${randomBytes(24).toString('base64url')}\n`);
    // Another step may be making the same file: whoever comes second takes what is there.
    await writeFile(file, lines.join(''), { mode: 0o600, flag: 'wx' }).catch(
      (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'EEXIST') throw cause;
      },
    );
    return file;
  }

  async #writeFile(name: string, mount: Extract<MountSpec, { type: 'file' }>): Promise<string> {
    const folder = path.join(this.path, 'files');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = below(folder, name);
    const content = 'inline' in mount.content ? mount.content.inline : await readSource(mount.content.file);
    await replaceFileSoon(file, content, mount.mode, { owner: { uid: mount.uid, gid: mount.gid } });
    return file;
  }
}

/** Bytes of a config or a secret; Swarm takes 500 kB (docs of `docker config create`). */
const largest = 10 * 1024 * 1024;

async function readSource(file: string): Promise<Buffer> {
  try {
    return await readBoundedAsync(file, { bytes: largest });
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: ${(cause as Error).message}`, { cause });
  }
}
