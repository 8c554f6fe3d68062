/** What /proc/PID/status says of a process's rights (proc_pid_status(5)). */
export interface ProcessStatus {
  /** Real, effective, saved and file system user. */
  readonly users: readonly number[];
  /** Has, and may use. */
  readonly permitted: readonly string[];
  /** Everything it has or may still get: permitted, inheritable and bounding set. */
  readonly reachable: readonly string[];
  readonly noNewPrivileges: boolean;
}

/** By number, as in linux/capability.h of Linux 6. */
const names = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ');

export function parseStatus(text: string): ProcessStatus {
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
  const set = (name: string) => BigInt(`0x${field(name) || '0'}`);
  const permitted = set('CapPrm');
  return {
    users: field('Uid').split(/\s+/).map(Number),
    permitted: capabilityNames(permitted),
    reachable: capabilityNames(permitted | set('CapInh') | set('CapBnd')),
    noNewPrivileges: field('NoNewPrivs') === '1',
  };
}

/** The names of a set of capabilities; a newer kernel's by their number. */
export function capabilityNames(set: bigint): string[] {
  const found: string[] = [];
  for (let number = 0; set >> BigInt(number) !== 0n; number++) {
    if ((set >> BigInt(number)) & 1n) found.push(names[number] ?? `CAP_${number}`);
  }
  return found.sort();
}
