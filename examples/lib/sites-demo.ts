import path from 'node:path';
import { TestHost } from '../../test/support/host.ts';
import type { SiteHost } from '../../test/support/site-host.ts';
import type { SitesLab } from '../../test/support/sites-lab.ts';
import { print, say } from './show.ts';

/** Builds a lab of sites and shows something in it; removes it however that ends, and ends with 1 when something is not as it should be. */
export async function runInSites(lab: SitesLab, tell: (lab: SitesLab) => Promise<void>): Promise<never> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve('interrupted'));
  });
  try {
    if ((await Promise.race([tell(lab), interrupted])) === 'interrupted') process.exitCode = 130;
  } catch (error) {
    process.exitCode = 1;
    console.error(`\nNot as it should be: ${(error as Error).message}`);
  } finally {
    say('Removing what was made');
    await lab.remove().catch((error: Error) => {
      process.exitCode ||= 1;
      console.error(error.message);
    });
  }
  // What was under way when it was interrupted is not waited for.
  process.exit();
}

/** Makes on this machine what the lab's hosts have from it. `example`: the folder whose image.yaml says how `image` is made. */
export async function makeImages(example: string, image: string): Promise<void> {
  const host = new TestHost();
  try {
    await host.ok('images', 'build');
    const { code } = await host.run('podman', ['image', 'exists', image]);
    if (code !== 0) await host.ok('build', '-f', path.join(example, 'image.yaml'));
  } finally {
    await host.remove();
  }
}

/**
 * Runs a command of Heddle, shows it with what it prints, and returns that.
 * @throws Error when it ends otherwise than with `wanted`
 */
export async function shown(
  host: SiteHost,
  variables: Readonly<Record<string, string>>,
  args: readonly string[],
  wanted = 0,
): Promise<string> {
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const { code, stdout, stderr } = await host.run('env', [...set, host.command, ...args]);
  // Of a path the name is enough.
  const words = args.map((arg) => (path.isAbsolute(arg) ? path.basename(arg) : arg));
  const printed = `${stderr}${stdout}`;
  print(host.name, [...set, 'heddle', ...words], printed);
  if (code !== wanted) throw new Error(`heddle ${words.join(' ')} ended with ${code}`);
  return printed;
}
