import { HeddleError } from '../../lib/errors.ts';
import type { ContainerSpec } from '../../selector/spec.ts';
import { ask } from './programs.ts';
import type { LxcHealth } from './record.ts';

/** What an image says of how its containers run; what `buildah inspect` names `Docker.config`. */
export interface ImageConfig {
  readonly User?: string;
  readonly Env?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly Volumes?: Readonly<Record<string, unknown>> | null;
  readonly StopSignal?: string;
  readonly Healthcheck?: {
    readonly Test?: readonly string[];
    /** Nanoseconds. */
    readonly Interval?: number;
    readonly Timeout?: number;
    readonly StartPeriod?: number;
    readonly Retries?: number;
  };
}

interface Inspected {
  readonly FromImageID: string;
  readonly Docker?: { readonly config?: ImageConfig };
}

/** @throws HeddleError ERR_IMAGE_MISSING */
export async function imageOf(
  reference: string,
): Promise<{ readonly id: string; readonly config: ImageConfig }> {
  const text = await ask('buildah', ['inspect', '--type', 'image', reference]).catch((cause: HeddleError) => {
    throw new HeddleError('ERR_IMAGE_MISSING', `the image ${reference}: ${cause.message}`, { cause });
  });
  const { FromImageID: id, Docker } = JSON.parse(text) as Inspected;
  return { id, config: Docker?.config ?? {} };
}

/** Programs that are an init of a whole system, rather than an application. */
const inits = /^(\/usr)?\/(sbin\/init|lib\/systemd\/systemd)$/;

/**
 * What runs in a container, as Docker puts it together: an entrypoint of its own leaves the image's command out. Pure. Where neither
 * says anything it is a system, which its init starts.
 */
export function wordsOf(
  { command, entrypoint }: Pick<ContainerSpec, 'command' | 'entrypoint'>,
  image: ImageConfig,
): { readonly words: readonly string[]; readonly isSystem: boolean } {
  const first = entrypoint ?? image.Entrypoint ?? [];
  const rest = command ?? (entrypoint ? [] : (image.Cmd ?? []));
  const words = [...first, ...rest];
  const [program = '/sbin/init'] = words;
  return { words: words.length === 0 ? [program] : words, isSystem: words.length < 2 && inits.test(program) };
}

/** What a program finds in its environment. Pure. */
export function environmentOf(
  own: Readonly<Record<string, string>>,
  { Env }: ImageConfig,
  hostname: string | undefined,
): Record<string, string> {
  const image = Object.fromEntries((Env ?? []).map((one) => splitAt(one, one.indexOf('='))));
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...(hostname !== undefined && { HOSTNAME: hostname }),
    ...image,
    ...own,
  };
}

function splitAt(text: string, index: number): [string, string] {
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

const usual = { interval: 30_000, timeout: 30_000, startPeriod: 0, retries: 3 };

/** A health check as it is to be done: the file's, with what it leaves out from the image. Pure. */
export function healthOf(
  own: ContainerSpec['healthcheck'],
  { Healthcheck: image }: ImageConfig,
): LxcHealth | undefined {
  if (own === 'disabled') return undefined;
  const test = own?.test ?? image?.Test ?? [];
  if (test.length === 0 || test[0] === 'NONE') return undefined;
  const milliseconds = (nanoseconds: number | undefined) => (nanoseconds ? nanoseconds / 1e6 : undefined);
  return {
    test,
    interval: own?.interval ?? milliseconds(image?.Interval) ?? usual.interval,
    timeout: own?.timeout ?? milliseconds(image?.Timeout) ?? usual.timeout,
    startPeriod: own?.startPeriod ?? milliseconds(image?.StartPeriod) ?? usual.startPeriod,
    retries: own?.retries ?? (image?.Retries || usual.retries),
  };
}
