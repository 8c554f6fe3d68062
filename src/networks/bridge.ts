import { ipBatch, ipJson, type Link, type Namespace } from './ip.ts';

/**
 * Removes the bridge of a network that the engine has just removed, if the engine left it: Podman does so when a wire
 * was on it at the time its last container went. Only a bridge, and only one that has no port.
 */
export async function removeEmptyBridge(name: string): Promise<void> {
  const host: Namespace = { pid: process.pid };
  const links = await ipJson<Link>(host, ['link', 'show']);
  const bridge = links.find((link) => link.ifname === name && link.linkinfo?.info_kind === 'bridge');
  if (!bridge || links.some((link) => link.master === name)) return;
  await ipBatch(host, [`link del ${name}`]);
}
