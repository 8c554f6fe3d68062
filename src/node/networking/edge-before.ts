import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { toHeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { Log } from '../../lib/log.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { edgeDrivers } from '../../networks/nve/drivers.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { driverNamed, edgeOf } from './open-edge.ts';

type EdgeSettings = NonNullable<NodeSettings['edge']>;

/** What says, when the node starts anew, by what its edge was made. */
function edgeFile(stateDir: string): string {
  return path.join(stateDir, 'edge.json');
}

/**
 * Removes what another edge has made on this host than the one that the settings ask for now, before that makes anything: one by
 * another driver, or none. What cannot be reached (Open vSwitch that was uninstalled) is said, and keeps nobody from the new one.
 */
export async function leaveEdgeBefore(
  edge: EdgeSettings | undefined,
  stateDir: string,
  log: Log,
): Promise<void> {
  const file = edgeFile(stateDir);
  const before = noted(file);
  if (before && mustLeave(before, edge)) {
    const { driver, uplink } = before;
    try {
      await edgeOf(driverNamed(driver), before, stateDir).stop();
      log.info({ driver, uplink }, 'what the edge before had made is removed');
    } catch (error) {
      const { code, message } = toHeddleError(error);
      log.error({ code, driver, uplink }, `of what the edge before had made, something is left: ${message}`);
    }
  }
  if (!edge) return rmSync(file, { force: true });
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const text = canonicalJson(edge);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) replaceFile(file, text, 0o600);
}

/** Pure. `now`: absent, there is to be none. */
export function mustLeave(before: EdgeSettings, now: EdgeSettings | undefined): boolean {
  if (!now) return true;
  if (driverNamed(now.driver).follows.includes(before.driver)) return false;
  const madeBy = ({ driver, uplink, options }: EdgeSettings) => canonicalJson({ driver, uplink, options });
  return madeBy(before) !== madeBy(now);
}

/** Of a driver that there is; a file that somebody has spoilt is as good as none. */
function noted(file: string): EdgeSettings | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const before = JSON.parse(readFileSync(file, 'utf8')) as EdgeSettings;
    const driver = edgeDrivers.find(({ name }) => name === before.driver);
    return driver?.options.safeParse(before.options).success ? before : undefined;
  } catch {
    return undefined;
  }
}
