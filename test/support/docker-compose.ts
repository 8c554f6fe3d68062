import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadDescriptor, nodeFileReader, renderConfig } from '../../src/descriptor/index.ts';
import { InvalidInput } from '../../src/lib/errors.ts';
import { dockerCompose as program } from './installed.ts';

/** A project as one of the two sees it, or what it says is wrong. */
export type Seen = { readonly model: Record<string, unknown> } | { readonly refused: string };

export function expectDockerCompose(): void {
  if (existsSync(program)) return;
  throw new Error(`${program} is missing: \`npm test -- e2e\` fetches it from a newer Debian`);
}

/** What `docker compose config` makes of a folder. Bounded: some files let it take all memory there is. */
export function byDockerCompose(folder: string): Promise<Seen> {
  const bounded = ['-c', 'ulimit -v 4000000 && exec "$0" config --format json', program];
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/root' };
  return new Promise((resolve) => {
    execFile('sh', bounded, { cwd: folder, env, timeout: 20_000 }, (error, stdout, stderr) => {
      const said = stderr.split('\n').filter((line) => !line.startsWith('time='));
      resolve(error ? { refused: said.join('\n').trim() || String(error) } : { model: JSON.parse(stdout) });
    });
  });
}

/** What `heddle config` makes of it. In this process: a thousand small files are compared. */
export function byHeddle(folder: string): Seen {
  try {
    const descriptor = loadDescriptor({ cwd: folder, env: { HOME: '/root' }, read: nodeFileReader });
    return { model: JSON.parse(renderConfig(descriptor, { showSecrets: true, format: 'json' })) };
  } catch (error) {
    if (error instanceof InvalidInput) return { refused: error.message };
    throw error;
  }
}
