import { describe, expect, test } from 'vitest';
import { hostPath, isEngines, parseMountinfo } from './mountinfo.ts';

const id = '02ad4b9d71c4867bc9296d001176875a2056a94e592cea20af180b4ecaf6213a';
const sandbox = '572dfa89c934b91ba1b5713b33ed3129396cd8c8f42e2d87025d19b6518b1712';
/** As Podman 4.3 with runc gives an agent, cgroups shortened. */
const podman = `1276 1068 0:376 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/containers/storage/overlay/l/MV
1277 1276 0:398 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
1278 1276 0:399 / /dev rw,nosuid,noexec - tmpfs tmpfs rw,size=65536k,mode=755
1279 1276 0:339 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro
1280 1278 0:400 / /dev/pts rw,nosuid,noexec,relatime - devpts devpts rw,gid=5,mode=620,ptmxmode=666
1281 1278 0:397 / /dev/mqueue rw,nosuid,nodev,noexec,relatime - mqueue mqueue rw
1282 1276 254:0 /run/containers/storage/overlay-containers/${sandbox}/userdata/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/vda rw
1284 1278 0:375 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=64000k
1285 1276 254:0 /run/containers/storage/overlay-containers/${id}/userdata/.containerenv /run/.containerenv rw,relatime - ext4 /dev/vda rw
1248 1241 254:0 /usr/bin/catatonit /run/podman-init ro,relatime - ext4 /dev/vda rw
1287 1279 0:401 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,mode=755
1288 1287 0:29 /libpod_parent/libpod-${id} /sys/fs/cgroup/cpu ro,nosuid,nodev,noexec,relatime - cgroup cgroup rw,cpu
1072 1277 0:398 /sys /proc/sys ro,nosuid,nodev,noexec,relatime - proc proc rw
1097 1277 0:402 / /proc/acpi ro,relatime - tmpfs tmpfs ro
1098 1277 0:399 /null /proc/keys rw,nosuid,noexec - tmpfs tmpfs rw,size=65536k,mode=755
`;
/** As Docker 20.10 does. */
const docker = `900 800 0:84 / / rw,relatime master:8 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A
901 900 0:86 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
902 900 0:87 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
905 900 254:0 /var/lib/docker/containers/${sandbox}/hosts /etc/hosts rw,relatime - ext4 /dev/vda rw
906 900 254:0 /usr/bin/docker-init /sbin/docker-init ro,relatime - ext4 /dev/vda rw
907 901 0:87 /null /proc/kcore rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
`;
const host = parseMountinfo(`22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
44 27 254:0 /run/netns /run/netns rw,relatime shared:1 - ext4 /dev/vda rw
60 27 8:1 /sub /srv/data rw,relatime - xfs /dev/sdb1 rw
`);
const foreign = (text: string) =>
  parseMountinfo(text).filter((mount) => !isEngines(mount, [id, sandbox], '0:21'));
const line = (root: string, target: string, rest = '- ext4 /dev/vda rw', device = '254:0') =>
  `1300 1276 ${device} ${root} ${target} rw,relatime ${rest}\n`;

describe('the mounts of a container', () => {
  test('are none when it has only what the engine gives every container', () => {
    expect(foreign(podman)).toEqual([]);
    expect(foreign(docker)).toEqual([]);
  });

  test.each([
    ['a folder of the host', line('/etc', '/host/etc')],
    ['the engine’s socket', line('/run/podman/podman.sock', '/run/podman.sock')],
    [
      'another container’s /etc/hosts',
      line('/run/containers/storage/overlay-containers/ffff/userdata/hosts', '/etc/hosts'),
    ],
    ['the host’s /proc, elsewhere', line('/', '/host/proc', '- proc proc rw', '0:21')],
    ['the host’s /proc over its own', line('/', '/proc', '- proc proc rw', '0:21')],
    ['a part of a tmpfs of the host under /dev', line('/secret', '/dev/x', '- tmpfs tmpfs rw', '0:23')],
    ['a named volume', line('/var/lib/containers/storage/volumes/shop_data/_data', '/data')],
  ])('show %s', (_, extra) => {
    expect(foreign(podman + extra)).toHaveLength(1);
  });

  test('do not show a nameless volume that an image asks for', () => {
    expect(foreign(line(`/var/lib/docker/volumes/${id}/_data`, '/var/lib/mysql'))).toEqual([]);
  });

  test('have their places on the host found by file system and part of it', () => {
    const place = (root: string, device?: string) =>
      hostPath(parseMountinfo(line(root, '/x', undefined, device))[0]!, host);
    expect(place('/srv/a\\040b')).toBe('/srv/a b');
    expect(place('/run/netns/x')).toBe('/run/netns/x');
    expect(place('/sub/db', '8:1')).toBe('/srv/data/db');
    expect(place('/sub', '8:1')).toBe('/srv/data');
    expect(place('/other', '8:1')).toBeUndefined();
    expect(place('/', '254:0')).toBe('/');
  });
});
