/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface MountLine {
  /** `254:0`. */
  readonly device: string;
  /** The part of the file system that is mounted. */
  readonly root: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly type: string;
  readonly source: string;
}

/** In the order of the mounts; where several are at one place, the last is the one that is seen. */
export function parseMountinfo(text: string): MountLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const [, , device = '', root = '', target = '', options = ''] = before.split(' ');
      const [type = '', source = ''] = after.split(' ');
      return {
        device,
        root: unescaped(root),
        target: unescaped(target),
        readOnly: options.split(',').includes('ro'),
        type,
        source: unescaped(source),
      };
    });
}

/** Where on the host that is what a container has mounted; nothing when the host has its file system nowhere. */
export function hostPath(mount: MountLine, host: readonly MountLine[]): string | undefined {
  const places = host
    .filter((place) => place.device === mount.device && isWithin(mount.root, place.root))
    .sort((a, b) => a.root.length - b.root.length);
  const [place] = places;
  if (!place) return undefined;
  const rest = mount.root.slice(place.root === '/' ? 0 : place.root.length);
  return `${place.target === '/' ? '' : place.target}${rest === '/' ? '' : rest}` || '/';
}

export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

const kernelPlaces: Readonly<Record<string, readonly string[]>> = {
  proc: ['/proc'],
  sysfs: ['/sys'],
  cgroup: ['/sys/fs/cgroup'],
  cgroup2: ['/sys/fs/cgroup'],
  devpts: ['/dev/pts', '/dev/ptmx', '/dev/console'],
  mqueue: ['/dev/mqueue'],
  // Its own /dev, and what hides parts of /proc and /sys.
  tmpfs: ['/dev', '/proc', '/sys', '/run/secrets'],
};
/** Files of the engine's own that are mounted from the folder of a container or of its sandbox. */
const engineFiles = new Set([
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/run/.containerenv',
  '/dev/shm',
  '/dev/console',
]);
const initPrograms = new Set([
  '/run/podman-init',
  '/dev/init',
  '/sbin/docker-init',
  // The same, where /sbin is a link.
  '/usr/sbin/docker-init',
]);

/**
 * Whether a mount is one that the engine gives every container: its root, the kernel's own file systems where they
 * belong, the files that the engine writes. `ids`: the container's and its sandbox's. The host's /proc is none of these,
 * wherever it is.
 */
export function isEngines(mount: MountLine, ids: readonly string[], hostProc: string | undefined): boolean {
  const { target, type, root, readOnly } = mount;
  if (target === '/') return type !== 'tmpfs' && root === '/';
  if (type === 'proc' && mount.device === hostProc) return false;
  const kernels = kernelPlaces[type]?.some((place) => isWithin(target, place));
  if (kernels && (type !== 'tmpfs' || root === '/')) return true;
  // /dev/null over a part of /proc.
  if (root === '/null' && (isWithin(target, '/proc') || isWithin(target, '/sys'))) return true;
  if (initPrograms.has(target)) return readOnly;
  if (engineFiles.has(target)) return ids.some((id) => root.includes(id));
  // A volume that an image asks for, and that nobody gave a name.
  return /\/volumes\/[0-9a-f]{64}\/_data$/.test(root);
}

/** `\040` and its like: octal, for what would end a field. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
