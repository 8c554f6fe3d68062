import { plainCapability } from '../catalogue/capabilities.ts';
import type { Template } from '../catalogue/template.ts';
import type { Service } from '../descriptor/application.ts';
import type { Diagnostic } from '../lib/errors.ts';

/** What no agent is lent, whoever it is beside: rights over the host's kernel, disks and memory. */
const neverLent = new Set([
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
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

type Rights = Partial<Pick<Service, 'capAdd' | 'capDrop' | 'user' | 'privileged'>>;

/** What engines give a container unasked: Docker's list, of which Podman's is a part. */
const usual = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/**
 * The capabilities that a service's first process may have. Whoever reads its files through `/proc/1/root` without
 * SYS_PTRACE needs them all: ptrace(2), "Ptrace access mode checking". A user other than root has what is added only.
 */
export function capabilitiesOf({ capAdd = [], capDrop = [], user }: Rights): string[] {
  const dropped = new Set(capDrop.map(plainCapability));
  const root = user === undefined || /^(0|root)(:|$)/.test(user);
  const unasked = root && !dropped.has('ALL') ? usual.filter((name) => !dropped.has(name)) : [];
  return [...new Set([...unasked, ...capAdd.map(plainCapability)])];
}

/** Why an agent that shares the service's processes, or reads its files, cannot; nothing when it can. */
export function sharingConflict(
  template: Template,
  service: Service,
): Pick<Diagnostic, 'message' | 'hint'> | undefined {
  const levels = Object.values(template.agents).map((agent) => agent.sharing);
  const subject = `services.${service.name}: ${template.feature}`;
  if (levels.some((level) => level.includes('pid')) && service.pid !== undefined) {
    return {
      message: `${subject} would show processes that are not this service's own (pid: ${service.pid})`,
      hint: 'remove `pid`, or the feature',
    };
  }
  if (!levels.includes('network+pid+mounts')) return undefined;
  const tooMuch = service.privileged
    ? ['privileged']
    : service.capAdd.map(plainCapability).filter((name) => neverLent.has(name));
  if (tooMuch.length === 0) return undefined;
  return {
    message: `${subject} reads the service's files, for which the kernel asks all rights of the service, and no agent is given ${tooMuch.join(', ')}`,
    hint: `remove ${service.privileged ? '`privileged`' : 'them from `cap_add`'}, or the feature`,
  };
}
