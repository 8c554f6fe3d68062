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

/** Capabilities that reach beyond a container's namespaces. */
export const overHost: ReadonlySet<string> = new Set([
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'MKNOD',
  'PERFMON',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYSLOG',
]);
