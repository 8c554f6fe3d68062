/** What a program has that is not told otherwise: as Podman has it. */
const usual = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'net_bind_service',
  'setfcap',
  'setgid',
  'setpcap',
  'setuid',
  'sys_chroot',
];

/** All that there are (capabilities(7), Linux 6.1). */
const every = [
  ...usual,
  ...[
    'audit_control',
    'audit_read',
    'audit_write',
    'block_suspend',
    'bpf',
    'checkpoint_restore',
    'dac_read_search',
  ],
  ...['ipc_lock', 'ipc_owner', 'lease', 'linux_immutable', 'mac_admin', 'mac_override', 'mknod', 'net_admin'],
  ...['net_broadcast', 'net_raw', 'perfmon', 'sys_admin', 'sys_boot', 'sys_module', 'sys_nice', 'sys_pacct'],
  ...['sys_ptrace', 'sys_rawio', 'sys_resource', 'sys_time', 'sys_tty_config', 'syslog', 'wake_alarm'],
];

/** Compose's words for capabilities(7), as lxc.container.conf(5) writes them. */
function plain(capability: string): string {
  return capability.toLowerCase().replace(/^cap_/, '');
}

/**
 * What is left to a program, as LXC takes it: names, or `none`. Nothing: all of it. Pure.
 * @param add and `drop`: as in Compose, `NET_ADMIN`, `CAP_SYS_PTRACE`, `ALL`
 */
export function kept(add: readonly string[] = [], drop: readonly string[] = []): string | undefined {
  const added = add.map(plain);
  const dropped = new Set(drop.map(plain));
  if (added.includes('all') && dropped.size === 0) return undefined;
  const first = added.includes('all') ? every : dropped.has('all') ? [] : usual;
  const all = [...new Set([...first, ...added])].filter((one) => !dropped.has(one) && one !== 'all');
  return all.length === 0 ? 'none' : all.join(' ');
}
