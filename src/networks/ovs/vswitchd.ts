import { existsSync, readFileSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';
import { JsonRpc } from './ovsdb/json-rpc.ts';
import { runFolder } from './run-folder.ts';

/** Milliseconds. */
const answerTime = 5000;

/**
 * Asks ovs-vswitchd what it has in no database, as ovs-appctl(8) does: `lacp/show`.
 * @returns its text
 * @throws HeddleError ERR_OVS
 */
export async function askVswitchd(command: string, ...args: readonly string[]): Promise<string> {
  const server = await JsonRpc.connect(controlSocket(runFolder()), answerTime, {
    who: 'ovs-vswitchd',
    notified: () => {},
    ended: () => {},
  });
  try {
    return String(await server.request(command, args, answerTime));
  } finally {
    server.close();
  }
}

/** Its name has its process id, unless it was started with another. @throws HeddleError ERR_OVS when it does not run */
function controlSocket(folder: string): string {
  const pid = `${folder}/ovs-vswitchd.pid`;
  const named = existsSync(pid) ? [`${folder}/ovs-vswitchd.${readFileSync(pid, 'utf8').trim()}.ctl`] : [];
  const found = [...named, `${folder}/ovs-vswitchd.ctl`].find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new HeddleError(
    'ERR_OVS',
    `ovs-vswitchd does not run: there is no control socket of it in ${folder}`,
    {
      hint: 'start Open vSwitch, by its service',
    },
  );
}
