import type { Readable } from 'node:stream';

/** Waits until this process is to end, ends what runs in it, and exits. `end`: it ends when this does. */
export async function endOfProcess(stop: () => Promise<void>, end?: Readable): Promise<never> {
  const signal = await new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    end?.once('close', resolve).resume();
  });
  await stop();
  process.exit(signal === 'SIGINT' ? 130 : 0);
}
