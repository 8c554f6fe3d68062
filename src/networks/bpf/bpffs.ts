import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';

/** Of the file system that programs and maps are pinned in (include/uapi/linux/magic.h, BPF_FS_MAGIC). */
const bpffs = 0xcafe4a11;
/** What a mount of Heddle's is told from others by. */
const source = 'heddle';

/**
 * Sees to it that a folder is in a file system for programs and maps, which outlive the process there.
 * @throws HeddleError ERR_NETWORK
 */
export async function mountBpffs(folder: string): Promise<void> {
  if (!/^\/[\w./-]*$/.test(folder))
    throw new HeddleError(
      'ERR_NETWORK',
      `${folder}: a folder for programs has letters, digits and ./-_ only`,
    );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (statfsSync(folder).type === bpffs) return;
  await run('mount', ['-t', 'bpf', '-o', 'mode=0700', source, folder], { code: 'ERR_NETWORK' });
}

/** Takes away the mount, if it is Heddle's. */
export async function unmountBpffs(folder: string): Promise<void> {
  if (isOwn(folder)) await run('umount', [folder], { code: 'ERR_NETWORK' });
}

/** proc(5), mountinfo: the mount point is the fifth field; type and source come after a hyphen. */
function isOwn(folder: string): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .some((fields) => {
      const [type, from] = fields.slice(fields.indexOf('-') + 1);
      return fields[4] === folder && type === 'bpf' && from === source;
    });
}
