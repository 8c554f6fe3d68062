import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { NodeClient } from '../../api/client.ts';
import { isInstalled } from '../../lib/exec.ts';
import type { LinkStatus } from '../../networks/wan/status.ts';
import { type Finding, ok, type Surroundings, warning } from './finding.ts';

interface LinkPrograms {
  /** wg(8), of wireguard-tools. */
  readonly wg: boolean;
  /** Whether the kernel has WireGuard. */
  readonly kernel: boolean;
  /** wireguard-go, in its place. */
  readonly userspace: boolean;
}

/** What links to nodes of other sites need, and what those that there are do not give. */
export async function checkLinks({ node, paths }: Surroundings): Promise<Finding[]> {
  const [wg, userspace] = await Promise.all(['wg', 'wireguard-go'].map(isInstalled));
  const links = node ? await new NodeClient(paths.socket).links().catch(() => []) : [];
  const programs = { wg: wg === true, userspace: userspace === true, kernel: hasWireGuard() };
  const uplinks = new Set(links.flatMap((link) => link.paths.map(({ uplink }) => uplink)));
  return judgeLinks(programs, links, uplinks.size > 1 ? [...uplinks].filter(isStrict) : []);
}

export function judgeLinks(
  { wg, kernel, userspace }: LinkPrograms,
  links: readonly Pick<LinkStatus, 'node' | 'kind' | 'private' | 'state' | 'reason'>[],
  strict: readonly string[],
): Finding[] {
  const lacks = [...(wg ? [] : ['wireguard-tools']), ...(kernel || userspace ? [] : ['wireguard-go'])];
  const by = kernel
    ? 'the kernel’s WireGuard'
    : 'wireguard-go, which takes more CPU than a kernel’s WireGuard';
  const open = links.filter((link) => !link.private);
  const away = links.filter(({ state }) => state !== 'up');
  return [
    lacks.length === 0
      ? ok('links', `sites can be linked by ${by}`)
      : warning('links', 'sites cannot be linked by WireGuard', `apt-get install ${lacks.join(' ')}`),
    ...(open.length === 0
      ? []
      : [
          warning(
            'links',
            `links to ${open.map(({ node }) => node).join(', ')} are neither encrypted nor authenticated: ${open[0]?.kind}`,
            'say `wan: { kind: wireguard }` in the settings of all nodes, unless nobody else is on those networks',
          ),
        ]),
    ...away.map(({ node, reason }) =>
      warning('links', `${node} is not reached: ${reason}`, letThrough(strict)),
    ),
  ];
}

function letThrough(strict: readonly string[]): string {
  const ports = 'let UDP pass to the `port` and the `livenessPort` of the settings, both ways';
  if (strict.length === 0) return ports;
  const lines = strict.map((name) => `net.ipv4.conf.${name.replaceAll('.', '/')}.rp_filter=2`);
  return `${ports}; and take what comes by another uplink than the default route’s: sysctl ${lines.join(' ')}`;
}

/** Whether the kernel drops what comes by an interface that it would not answer by (rp_filter, RFC 3704, 2.2). */
function isStrict(name: string): boolean {
  const files = ['all', name].map((one) => `/proc/sys/net/ipv4/conf/${one}/rp_filter`);
  const values = files.map((file) => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0));
  // The kernel goes by the greater: 2 is loose.
  return Math.max(...values) === 1;
}

/** As a module that is loaded, could be, or is built in. */
function hasWireGuard(): boolean {
  if (existsSync('/sys/module/wireguard')) return true;
  const folder = `/lib/modules/${release()}`;
  return ['modules.dep', 'modules.builtin'].some(
    (name) =>
      existsSync(`${folder}/${name}`) && readFileSync(`${folder}/${name}`, 'utf8').includes('/wireguard.ko'),
  );
}
