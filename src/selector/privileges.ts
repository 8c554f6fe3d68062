import { knownCapabilities } from '../catalogue/capabilities.ts';
import type { Template } from '../catalogue/template.ts';

/** What a template asks for that gives its containers power over the host, in words. */
export function privilegesOf(template: Template): string[] {
  const containers = [...Object.values(template.agents), ...(template.collector ? [template.collector] : [])];
  const privileges = new Set<string>();
  for (const container of containers) {
    if (container.privileged) privileges.add('full privileges');
    if (container.devices.length > 0) privileges.add(`devices (${container.devices.join(', ')})`);
    for (const bind of container.binds) privileges.add(`the host's ${bind.source}`);
    if ('sharing' in container && container.sharing === 'host') privileges.add("the host's namespaces");
    const capabilities = [...container.capabilities, ...Object.values(container.capabilitiesIf).flat()];
    for (const capability of capabilities.filter((name) => overHost.has(name))) {
      privileges.add(`the capability ${capability}`);
    }
  }
  return [...privileges];
}

/** Capabilities that act on a container's own namespaces, processes and files, and on nothing else. */
const withinContainer = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'IPC_LOCK',
  'IPC_OWNER',
  'KILL',
  'LEASE',
  'NET_ADMIN',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

/** Capabilities that reach beyond a container's namespaces: all that are not known to stay within. */
const overHost: ReadonlySet<string> = new Set(
  [...knownCapabilities].filter((name) => !withinContainer.has(name)),
);
