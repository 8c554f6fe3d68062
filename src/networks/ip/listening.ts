import { readFile } from 'node:fs/promises';
import { type Listening, parseListening } from '../../lib/listening.ts';

/** Where programs of this host listen: in the namespace of this process. */
export async function listening(): Promise<Listening[]> {
  const files = (['tcp', 'udp'] as const).flatMap((protocol) =>
    ['', '6'].map(async (family) =>
      // A kernel without IPv6 has none of it.
      parseListening(protocol, await readFile(`/proc/self/net/${protocol}${family}`, 'utf8').catch(() => '')),
    ),
  );
  return (await Promise.all(files)).flat();
}
