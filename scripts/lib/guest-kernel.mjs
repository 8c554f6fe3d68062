// Takes the kernel of Debian's cloud images out of its package, for virtual machines of tests. Nothing is installed.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root, run, stop } from './setup.mjs';

const cache = path.join(root, '.cache');
export const guestFolder = path.join(cache, 'guest');

/** What a guest needs to have a network, in the order in which it is loaded. */
const modules = [
  'drivers/virtio/virtio_ring',
  'drivers/virtio/virtio',
  'drivers/virtio/virtio_pci_legacy_dev',
  'drivers/virtio/virtio_pci_modern_dev',
  'drivers/virtio/virtio_pci',
  'net/core/failover',
  'drivers/net/net_failover',
  'drivers/net/virtio_net',
];

/** `vmlinuz` and its modules in one folder, fetched once into the checkout's cache. */
export function guestKernel() {
  if (existsSync(path.join(guestFolder, 'vmlinuz'))) return;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'guest-'));
  const name = kernelPackage();
  console.log(`Fetching a kernel for virtual machines from Debian's package ${name}`);
  const fetched = run('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', name], { cwd: folder });
  const [archive] = fetched === 0 ? readdirSync(folder).filter((file) => file.endsWith('.deb')) : [];
  if (!archive || run('dpkg-deb', ['--extract', archive, 'x'], { cwd: folder }) !== 0)
    stop(`Debian's package ${name} could not be fetched.`);
  const release = name.replace('linux-image-', '');
  const made = path.join(folder, 'made');
  mkdirSync(made);
  copyFileSync(path.join(folder, 'x/boot', `vmlinuz-${release}`), path.join(made, 'vmlinuz'));
  const tree = [path.join(folder, 'x/lib/modules', release), path.join(folder, 'x/usr/lib/modules', release)];
  const kernel = path.join(tree.find(existsSync) ?? tree[0], 'kernel');
  for (const [index, module] of modules.entries()) {
    // Later Debians compress them, which a guest without kmod cannot undo.
    const packed = path.join(kernel, `${module}.ko.xz`);
    if (existsSync(packed)) run('xz', ['--decompress', packed]);
    copyFileSync(path.join(kernel, `${module}.ko`), path.join(made, `${index}-${path.basename(module)}.ko`));
  }
  renameSync(made, guestFolder);
  rmSync(folder, { recursive: true, force: true });
}

/** The package that the one without a version depends on. */
function kernelPackage() {
  const said = execFileSync('apt-cache', ['depends', 'linux-image-cloud-amd64'], { encoding: 'utf8' });
  return /Depends: (linux-image-\S+)/.exec(said)?.[1] ?? stop('apt knows no kernel for virtual machines.');
}
