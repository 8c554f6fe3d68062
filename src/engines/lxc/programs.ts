import { HeddleError } from '../../lib/errors.ts';
import { isInstalled, run } from '../../lib/exec.ts';

/** What this engine is made of: Debian's packages, and the program that shows whether each is there. */
const programs = { lxc: 'lxc-start', buildah: 'buildah', conmon: 'conmon', catatonit: 'catatonit' } as const;

/**
 * Asks a program of LXC's, of buildah's, or one of the host.
 * @param timeout milliseconds
 * @throws HeddleError ERR_ENGINE
 */
export function ask(program: string, args: readonly string[], timeout = 60_000): Promise<string> {
  return run(program, args, { code: 'ERR_ENGINE', timeout });
}

/**
 * What keeps LXC from being used here.
 * @throws HeddleError ERR_ENGINE_ABSENT, naming the packages that are missing
 */
export async function requirePrograms(): Promise<void> {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  throw new HeddleError('ERR_ENGINE_ABSENT', `LXC needs what is not installed: ${missing.join(', ')}`, {
    hint: `install the packages (Debian: apt-get install ${missing.join(' ')})`,
  });
}

/** Debian’s packages that this engine needs and this host does not have. */
export async function missingPackages(): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(programs).map(async ([name, program]) => ((await isInstalled(program)) ? [] : [name])),
  );
  return found.flat();
}
