import { ipBatch, type Link } from '../ip.ts';
import { host } from '../linux/links.ts';
import { silence } from '../linux/quiet.ts';
import { stubsDown } from './stubs.ts';

/** Lets frames pass stubs, on which the host itself says nothing then. */
export async function raiseStubs(links: readonly Link[]): Promise<void> {
  const down = stubsDown(links);
  for (const stub of down) silence(stub);
  await ipBatch(
    host,
    down.map((stub) => `link set ${stub} up`),
  );
}
