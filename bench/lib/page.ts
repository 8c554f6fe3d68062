import { get } from 'node:http';
import { opens } from '../../test/support/opens.ts';
import { until } from '../../test/support/until.ts';

/** Waits until a port of this host serves a page, for so many milliseconds at most. */
export async function untilPage(port: number, timeout: number): Promise<void> {
  // A connection that is refused costs next to nothing, and takes nothing from what is measured.
  await until(
    `port ${port} serves a page`,
    async () => (await opens('127.0.0.1', port)) && (await serves(port)),
    timeout,
  );
}

/** Whether a port of this host serves a page, whole and with status 200, within half a minute. */
export function serves(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, agent: false, signal: AbortSignal.timeout(30_000) };
    get(options, (answer) => {
      answer.on('end', () => resolve(answer.statusCode === 200)).on('error', () => resolve(false));
      answer.resume();
    }).on('error', () => resolve(false));
  });
}
