import { NodeClient } from '../../api/client.ts';
import type { NodePaths } from '../../lib/paths.ts';
import { checkClock } from './clock.ts';
import { checkDoors } from './doors.ts';
import { checkEdge } from './edge.ts';
import { checkEngines } from './engines.ts';
import { type Finding, type Surroundings, warning } from './finding.ts';
import { checkDisk, checkModes } from './folders.ts';
import { checkForwarding } from './forwarding.ts';
import { checkKernel } from './kernel.ts';
import { judgeLeftovers, judgeNode, readNamespaces } from './leftovers.ts';
import { checkLinks } from './links.ts';
import { checkCgroups, checkPrograms, checkRights } from './rights.ts';

/** Looks at everything on this host that Heddle needs. Starts and changes nothing; needs no node. */
export async function examine(paths: NodePaths): Promise<Finding[]> {
  const client = new NodeClient(paths.socket);
  const node = await client.info().catch(() => undefined);
  const surroundings: Surroundings = { root: process.getuid?.() === 0, paths, node };
  const engines = checkEngines(surroundings);
  const parts = await Promise.all([
    guarded('rights', () => checkRights(surroundings)),
    guarded('programs', checkPrograms),
    guarded('cgroups', checkCgroups),
    guarded('kernel', () => checkKernel(surroundings)),
    guarded('forwarding', () => checkForwarding(surroundings)),
    guarded('engine', async () => (await engines).findings),
    guarded('edge', checkEdge),
    guarded('links', () => checkLinks(surroundings)),
    guarded('doors', () => checkDoors(surroundings)),
    guarded('clock', checkClock),
    guarded('disk', async () => checkDisk(surroundings, (await engines).storage)),
    guarded('state', () => checkModes(surroundings)),
    guarded('node', () => judgeNode(node)),
    guarded('leftovers', async () => judgeLeftovers(node && (await client.summaries()), readNamespaces())),
  ]);
  return parts.flat();
}

/** A check that cannot be made is a finding, too. */
async function guarded(check: string, work: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await work();
  } catch (cause) {
    return [warning(check, `could not be looked at: ${(cause as Error).message}`)];
  }
}
