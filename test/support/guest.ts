import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { root } from './installed.ts';

const kernel = path.join(root, '.cache', 'guest');
const busybox = path.join(root, '.cache', 'tools', 'busybox');
/** Milliseconds; without KVM a guest boots in some five seconds. */
const patience = 50_000;

/** What it does with an address that DHCP gave it: busybox’s udhcpc tells it by its environment. */
const bound = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip address add "$ip/$mask" dev eth0
ip route add default via "$router"
echo "BOUND $ip/$mask router $router dns $dns"
echo "$dns" >/dns
`;

const init = (commands: string) => `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
for module in /modules/*.ko; do insmod $module; done
ip link set eth0 up
${commands}
poweroff -f
`;

/**
 * Boots a Linux in a virtual machine with one interface, a TAP of this host; it gets its address by DHCP, runs what it is told,
 * and ends.
 * @param device what its network device is told besides: `,csum=off`
 * @param commands for a shell; `$(cat /dns)` is the name server
 * @returns what it printed
 */
export async function bootGuest(tap: string, mac: string, commands: string, device = ''): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-guest-'));
  try {
    const initrd = path.join(folder, 'initrd');
    writeFileSync(initrd, gzipSync(archive(path.join(folder, 'files'), commands)));
    const machine = ['-M', 'pc', '-m', '160', '-accel', 'tcg', '-nodefaults', '-no-reboot', '-nographic'];
    const boot = [
      '-kernel',
      `${kernel}/vmlinuz`,
      '-initrd',
      initrd,
      '-append',
      'console=ttyS0 quiet panic=-1',
    ];
    const net = [
      '-netdev',
      `tap,id=n0,ifname=${tap},script=no,downscript=no`,
      '-device',
      `virtio-net-pci,netdev=n0,mac=${mac},romfile=${device}`,
    ];
    const args = [...machine, '-serial', 'stdio', ...boot, ...net];
    const { stdout } = await promisify(execFile)('qemu-system-x86_64', args, { timeout: patience });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function archive(folder: string, commands: string): Buffer {
  for (const one of ['bin', 'proc', 'modules']) mkdirSync(path.join(folder, one), { recursive: true });
  copyFileSync(busybox, path.join(folder, 'bin/busybox'));
  for (const name of readdirSync(kernel).filter((file) => file.endsWith('.ko')))
    writeFileSync(path.join(folder, 'modules', name), readFileSync(path.join(kernel, name)));
  const lease = 'udhcpc -i eth0 -n -q -t 10 -T 1 -s /bound';
  for (const [name, text] of [
    ['init', init(`${lease}\n${commands}`)],
    ['bound', bound],
  ] as const) {
    writeFileSync(path.join(folder, name), text);
    chmodSync(path.join(folder, name), 0o755);
  }
  const names = execFileSync('find', ['.'], { cwd: folder });
  return execFileSync(busybox, ['cpio', '-o', '-H', 'newc'], {
    cwd: folder,
    input: names,
    stdio: ['pipe', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
}
