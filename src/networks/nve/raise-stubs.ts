import { existsSync, writeFileSync } from 'node:fs';
import { ipBatch, type Link } from '../ip.ts';
import { host } from '../linux/links.ts';
import { ipv6Switch, stubsDown } from './stubs.ts';

/** Lets frames pass stubs, on which the host itself says nothing then. */
export async function raiseStubs(links: readonly Link[]): Promise<void> {
  const down = stubsDown(links);
  for (const file of down.map(ipv6Switch)) if (existsSync(file)) writeFileSync(file, '1');
  await ipBatch(
    host,
    down.map((stub) => `link set ${stub} up`),
  );
}
