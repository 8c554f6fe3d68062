import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import type { BuildSource, Images, ObservedImage, Progress } from '../images.ts';
import { buildContext } from './build-context.ts';
import { asking, containerIn, engineError, isNotFound, refusalOf } from './errors.ts';
import { imageId, inspectContainer } from './observe.ts';
import type { RegistryAuth, RegistryCredentials } from './registry/credentials.ts';

/** Images over the Docker API. */
export class DockerImages implements Images {
  readonly #api: Docker;
  readonly #credentials: RegistryCredentials | undefined;

  /** @param credentials what registries are told; not given to an engine that knows it itself */
  constructor(api: Docker, credentials: RegistryCredentials | undefined) {
    this.#api = api;
    this.#credentials = credentials;
  }

  async find(reference: string): Promise<ObservedImage | undefined> {
    try {
      const { Id, RepoTags, Size, Config } = await this.#api.getImage(reference).inspect();
      const volumes = Object.keys(Config?.Volumes ?? {});
      return { id: imageId(Id), names: RepoTags ?? [], size: Size, volumes };
    } catch (cause) {
      if (isNotFound(cause)) return undefined;
      throw engineError(cause, `looking for the image ${reference}`);
    }
  }

  async pull(reference: string, progress: Progress): Promise<void> {
    const tagged = /[:@][^/]+$/.test(reference) ? reference : `${reference}:latest`;
    const what = `pulling ${reference}`;
    const authconfig = await this.#credentials?.of(reference);
    const stream = await asking(what, () => this.#api.pull(tagged, authconfig ? { authconfig } : {}));
    await this.#follow(stream, what, progress);
  }

  async push(reference: string, progress: Progress): Promise<void> {
    const [repository, tag] = splitTag(reference);
    const what = `pushing ${reference}`;
    // Docker wants to be told of credentials also where there are none; Podman would take that for a login with nothing.
    const authconfig = this.#credentials && ((await this.#credentials.of(reference)) ?? {});
    const stream = await asking(what, () =>
      this.#api
        .getImage(repository)
        .push({ tag, ...(authconfig && { authconfig }) } as Docker.ImagePushOptions),
    );
    await this.#follow(stream, what, progress);
  }

  async build(reference: string, source: BuildSource, progress: Progress): Promise<void> {
    const what = `building ${reference}`;
    const logins = await this.#credentials?.all(({ message }) => progress(message));
    const { archive, dockerfile, read } = await buildContext(source);
    const given = new AbortController();
    // An engine waits for the rest of an archive that does not come.
    read.catch(() => given.abort());
    try {
      const stream = await asking(what, () =>
        this.#api.buildImage(archive, {
          t: reference,
          dockerfile,
          buildargs: { ...source.args },
          labels: { ...source.labels },
          nocache: source.noCache,
          rm: true,
          pull: source.pull,
          abortSignal: given.signal,
          ...(logins && { registryconfig: encoded(logins) }),
          ...(source.target !== undefined && { target: source.target }),
          ...(source.network !== undefined && { networkmode: source.network }),
          ...(source.extraHosts.length > 0 && { extrahosts: source.extraHosts.join(',') }),
        }),
      );
      await this.#follow(stream, what, progress);
    } catch (cause) {
      if (given.signal.aborted) await read;
      throw cause;
    }
    for (const tag of source.tags) await this.tag(reference, tag);
  }

  /** Nameless, since Podman 4 overlooks the tag that it is to import under. */
  async import(archive: Readable, progress: Progress): Promise<string> {
    const what = 'importing an image';
    let last = '';
    const stream = await asking(what, () => this.#api.importImage(archive, {}));
    await this.#follow(stream, what, (line) => {
      last = line;
      progress(line);
    });
    const id = /^(sha256:)?[0-9a-f]{64}$/.exec(last.trim())?.[0];
    if (id === undefined)
      throw new HeddleError('ERR_ENGINE', `${what}: the engine named no image, but said "${last}"`);
    return id;
  }

  async tag(existing: string, reference: string): Promise<void> {
    const [repo, tag] = splitTag(reference);
    await asking(`tagging ${existing}`, () => this.#api.getImage(existing).tag({ repo, tag }));
  }

  async remove(reference: string): Promise<string | undefined> {
    try {
      await this.#api.getImage(reference).remove();
      return undefined;
    } catch (cause) {
      if (isNotFound(cause)) return undefined;
      const refusal = refusalOf(cause);
      if (refusal === undefined) throw engineError(cause, `removing the image ${reference}`);
      const container = containerIn(refusal);
      if (!container) return refusal;
      return `${(await inspectContainer(this.#api, container))?.name ?? 'another container'} uses it`;
    }
  }

  /** The engine reports progress, and failure, as JSON lines in an answer that began with 200. */
  #follow(stream: NodeJS.ReadableStream, what: string, progress: Progress): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#api.modem.followProgress(
        stream,
        (error: Error | null, lines: { error?: string }[] | null) => {
          const said = error?.message ?? lines?.find((line) => line.error !== undefined)?.error;
          if (said === undefined) resolve();
          else reject(engineError(error ?? new Error(said), what));
        },
        (line: { stream?: string; status?: string }) => {
          const text = (line.stream ?? line.status ?? '').trimEnd();
          if (text !== '') progress(text);
        },
      );
    });
  }
}

/** In the alphabet that Docker reads it in (RFC 4648, section 5); the client's own has others. */
function encoded(logins: Readonly<Record<string, RegistryAuth>>): Docker.RegistryConfig {
  const base64 = Buffer.from(JSON.stringify(logins))
    .toString('base64')
    .replace(/\+/g, '-')
    .replace(/\//g, '_');
  return { base64 } as object as Docker.RegistryConfig;
}

function splitTag(reference: string): [repo: string, tag: string] {
  const match = /^(.*?)(?::([^/:]+))?$/.exec(reference);
  if (!match?.[1]) throw new HeddleError('ERR_INTERNAL', `${reference} is no image reference`);
  return [match[1], match[2] ?? 'latest'];
}
