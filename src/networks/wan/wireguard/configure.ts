import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { HeddleError } from '../../../lib/errors.ts';

/**
 * Has `wg syncconf` make an interface what a text says. That opens its input by name, which a pipe of Node’s, a socket, does not
 * let it: it gets a file that has no name any more, and that nobody but root could read before.
 * @throws HeddleError ERR_NETWORK
 */
export async function configure(name: string, configuration: string, folder: string): Promise<void> {
  const file = path.join(folder, 'wg.conf');
  rmSync(file, { force: true });
  const descriptor = openSync(file, 'wx+', 0o600);
  try {
    rmSync(file);
    writeSync(descriptor, configuration);
    const child = spawn('wg', ['syncconf', name, '/dev/stdin'], { stdio: [descriptor, 'ignore', 'pipe'] });
    const [[code], said] = await Promise.all([
      once(child, 'close'),
      text(child.stderr as NodeJS.ReadableStream),
    ]);
    // What it says quotes lines that it cannot read, and so could quote the key.
    if (code !== 0)
      throw new HeddleError(
        'ERR_NETWORK',
        `wg syncconf ${name}: ${said.includes('Unrecognized') ? 'it does not take what it is told' : said.trim()}`,
      );
  } finally {
    closeSync(descriptor);
  }
}
