import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { parseNetDev } from '../../lib/net-dev.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { inNamespace } from '../ip.ts';
import { host } from '../linux/links.ts';

// A switch that reads its ports by packet sockets (ovs-vswitchd without its kernel module, BMv2) has to get frames as they are on a
// wire, and the kernel leaves work on them to cards: checksums, tags, and cutting large packets into frames. What comes in, it puts
// together to large packets.

/** Has frames leave an interface of the edge's own as they are on a wire, so that they are counted so as well. */
export async function finishFrames(port: string): Promise<void> {
  await ethtool('-K', port, 'tx', 'off', 'txvlan', 'off');
}

/** Has frames come in at the uplink as they are on the wire, until {@link restoreUplink}. */
export async function keepFrames(uplink: string, folder: string): Promise<void> {
  const features = await ethtool('-k', uplink);
  const on = ['generic-receive-offload', 'large-receive-offload'].filter((name) =>
    new RegExp(`^${name}: on$`, 'm').test(features),
  );
  if (on.length === 0) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = noted(folder);
  const all = before?.uplink === uplink ? [...new Set([...before.on, ...on])] : on;
  replaceFile(file(folder), JSON.stringify({ uplink, on: all }), 0o600);
  await ethtool('-K', uplink, ...on.flatMap((name) => [name, 'off']));
}

export async function restoreUplink(folder: string): Promise<void> {
  const { uplink, on } = noted(folder) ?? { uplink: '', on: [] };
  // One that is not there any more has nothing to be put back.
  if (on.length > 0 && isThere(uplink)) await ethtool('-K', uplink, ...on.flatMap((name) => [name, 'on']));
  rmSync(file(folder), { force: true });
}

function isThere(name: string): boolean {
  return parseNetDev(readFileSync('/proc/net/dev', 'utf8')).some((one) => one.name === name);
}

interface Noted {
  readonly uplink: string;
  readonly on: readonly string[];
}

function noted(folder: string): Noted | undefined {
  if (!existsSync(file(folder))) return undefined;
  return JSON.parse(readFileSync(file(folder), 'utf8')) as Noted;
}

function file(folder: string): string {
  return path.join(folder, 'uplink.json');
}

async function ethtool(...args: readonly string[]): Promise<string> {
  try {
    return await inNamespace(host, ['ethtool', ...args]);
  } catch (cause) {
    throw new HeddleError('ERR_NETWORK', (cause as Error).message, {
      cause,
      hint: 'a switch outside the kernel needs ethtool (apt-get install ethtool)',
    });
  }
}
