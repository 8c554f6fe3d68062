import { HeddleError } from '../../lib/errors.ts';
import { edgeDrivers } from '../../networks/nve/drivers.ts';
import type { Edge, EdgeDriver, EdgeSettings } from '../../networks/nve/edge.ts';
import { NodeEdge } from '../../networks/nve/node-edge.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { programFolder } from './program-folder.ts';
import { overLinks } from './site-links.ts';

/** The edge that the settings ask for, if they do. `ready`: brings about that it may be made. */
export function openEdge(
  settings: NodeSettings,
  stateDir: string,
  ready: () => Promise<void>,
): NodeEdge | undefined {
  const edge = overLinks(settings);
  if (!edge) return undefined;
  const { driver, uplink } = edge;
  return new NodeEdge(edgeOf(driverNamed(driver), edge, stateDir), uplink, driver, { ready });
}

export function driverNamed(name: string): EdgeDriver {
  const driver = edgeDrivers.find((one) => one.name === name);
  if (!driver) throw new HeddleError('ERR_INTERNAL', `there is no driver ${name} of the edge`);
  return driver;
}

/** An edge by a driver, with the settings of such. */
export function edgeOf(
  driver: EdgeDriver,
  { uplink, programs, options }: Pick<EdgeSettings<unknown>, 'uplink' | 'programs' | 'options'>,
  stateDir: string,
): Edge {
  const folder = programFolder(stateDir, 'nve');
  return driver.edge({ uplink, folder, programs, options: driver.options.parse(options) });
}
