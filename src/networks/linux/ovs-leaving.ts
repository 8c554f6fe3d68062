import { existsSync } from 'node:fs';
import { ipJson, type Link } from '../ip.ts';
import { runFolder } from '../ovs/run-folder.ts';
import { leaveChecksums } from './checksums.ts';
import type { LinuxEndpoint } from './commands.ts';
import { host } from './links.ts';
import { portOfHost } from './names.ts';
import { guardedPorts, unguardPorts } from './ovs-port-guard.ts';

// Ports that have come from a bridge of Open vSwitch to one of the kernel.

/** Opens what a kill in the middle of `leave` left guarded on the bridge. */
export async function finishLeaving(bridge: string, endpoints: readonly LinuxEndpoint[]): Promise<void> {
  if (!existsSync(runFolder())) return;
  const guarded = await guardedPorts();
  const left = endpoints.filter((endpoint) => guarded.has(portOfHost(endpoint)));
  if (left.length === 0) return;
  const links = await ipJson<Link>(host, ['link', 'show', 'master', bridge]);
  const there = new Set(links.map(({ ifname }) => ifname));
  const ports = left.filter((endpoint) => there.has(portOfHost(endpoint)));
  await Promise.all(ports.map(leaveChecksums));
  await unguardPorts(ports.map(portOfHost));
}

/** Opens a port of a bridge of the kernel that is guarded, as it is when it has come from Open vSwitch a moment ago. */
export async function leaveOvs(port: string, endpoint?: LinuxEndpoint): Promise<void> {
  if (!existsSync(runFolder()) || !(await guardedPorts()).has(port)) return;
  if (endpoint) await leaveChecksums(endpoint);
  await unguardPorts([port]);
}
