import { HeddleError } from '../../lib/errors.ts';
import { edgeDrivers } from '../../networks/nve/drivers.ts';
import { NodeEdge } from '../../networks/nve/node-edge.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { programFolder } from './program-folder.ts';

/** The edge that the settings ask for, if they do. */
export function openEdge({ edge }: NodeSettings, stateDir: string): NodeEdge | undefined {
  if (!edge) return undefined;
  const { driver: name, uplink, options } = edge;
  const driver = edgeDrivers.find((one) => one.name === name);
  if (!driver) throw new HeddleError('ERR_INTERNAL', `there is no driver ${name} of the edge`);
  const folder = programFolder(stateDir, 'nve');
  return new NodeEdge(driver.edge({ uplink, folder, options: driver.options.parse(options) }), uplink, name);
}
