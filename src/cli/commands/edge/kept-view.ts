import { existsSync } from 'node:fs';
import path from 'node:path';
import { Option } from 'commander';

/** Where a gateway of this host keeps what it knows. */
export function gatewayStateOption(): Option {
  return new Option(
    '--state <folder>',
    'state folder of the gateway (default: edge/SITE in the state folder)',
  );
}

/**
 * The folder where the gateway of a site keeps its view; nothing when none does on this host, and none was named.
 * @param named by the user
 * @throws HeddleError ERR_FILE_NOT_FOUND when there is no view in the folder that was named
 */
export async function keptViewFolder(site: string, named: string | undefined): Promise<string | undefined> {
  const [{ HeddleError }, { nodePaths }] = await Promise.all([
    import('../../../lib/errors.ts'),
    import('../../../lib/paths.ts'),
  ]);
  const folder = named ?? path.join(nodePaths(process.env).stateDir, 'edge', site);
  const file = path.join(folder, 'view');
  if (existsSync(file)) return folder;
  if (named === undefined) return undefined;
  throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: no gateway keeps its view there`);
}
