import { randomInt } from 'node:crypto';
import { run, type StandBy, standBy } from '../lib/exec.ts';
import { listOf } from './json-of.ts';

/**
 * iproute2, in a network namespace: the name of one under /run/netns, the id of a process that lives in it, or the path of
 * its file. Never a shell, and never the host's own namespace by accident: there is no default.
 */
export type Namespace = { readonly name: string } | { readonly pid: number } | { readonly path: string };

/** Runs several `ip` commands in one process; the first that fails ends it. */
export async function ipBatch(namespace: Namespace, commands: readonly string[]): Promise<void> {
  if (commands.length === 0) return;
  const [program, ...args] = inside(namespace, ['ip', '-batch', '-']);
  await run(program, args, { input: `${commands.join('\n')}\n`, code: 'ERR_NETWORK' });
}

/** Deletes interfaces. One that is not there is as wished: the kernel takes it with the namespace of its other end. */
export async function deleteLinks(namespace: Namespace, names: readonly string[]): Promise<void> {
  const left = names.length > 1 ? await deletedTogether(namespace, names) : names;
  for (const name of left) {
    try {
      await ipBatch(namespace, [`link del ${name}`]);
    } catch (error) {
      // The second is what the kernel says of one that goes just now.
      if (!/Cannot find device|No such device/.test(String(error))) throw error;
    }
  }
}

/**
 * Deletes interfaces as a group of their own (ip-link(8)): for one that goes the kernel waits until nobody uses it any more, and for
 * a group as long as for one.
 * @returns those that are there still
 */
async function deletedTogether(namespace: Namespace, names: readonly string[]): Promise<readonly string[]> {
  const group = freshGroup();
  const lines = [...names.map((name) => `link set ${name} group ${group}`), `link del group ${group}`];
  try {
    await inNamespace(namespace, ['ip', '-force', '-batch', '-'], `${lines.join('\n')}\n`);
    return [];
  } catch {
    const there = new Set((await ipJson<Link>(namespace, ['link', 'show'])).map(({ ifname }) => ifname));
    return names.filter((name) => there.has(name));
  }
}

/** Below it are those that people give names to. */
function freshGroup(): number {
  return randomInt(2 ** 30, 2 ** 31);
}

/** Runs one `ip -j` command and returns its JSON. */
export async function ipJson<T>(namespace: Namespace, args: readonly string[]): Promise<T[]> {
  const [program, ...rest] = inside(namespace, ['ip', '-j', '-d', ...args]);
  const text = await run(program, rest, { code: 'ERR_NETWORK' });
  return listOf<T>(text);
}

/** Runs a program in a network namespace. */
export function inNamespace(
  namespace: Namespace,
  command: readonly [string, ...string[]],
  input?: string,
): Promise<string> {
  const [program, ...args] = inside(namespace, command);
  return run(program, args, { input, code: 'ERR_NETWORK' });
}

/** One that has been started there, and waits for its input; with it, it has to be finished. */
export function standByIn(namespace: Namespace, command: readonly [string, ...string[]]): StandBy {
  const [program, ...args] = inside(namespace, command);
  return standBy(program, args, { code: 'ERR_NETWORK' });
}

/** In the namespace that this process is in there is nothing to enter. */
function inside(namespace: Namespace, command: readonly [string, ...string[]]): [string, ...string[]] {
  if ('pid' in namespace && namespace.pid === process.pid) return [...command];
  return ['nsenter', `--net=${pathOf(namespace)}`, '--', ...command];
}

function pathOf(namespace: Namespace): string {
  if ('path' in namespace) return namespace.path;
  return 'name' in namespace ? `/run/netns/${namespace.name}` : `/proc/${namespace.pid}/ns/net`;
}

/** What `ip -j -d -s link` says of an interface; only what Heddle reads. */
export interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  readonly link_index?: number;
  /** Name of the interface that a VLAN or a VXLAN is on, or of the other end of a veth. */
  readonly link?: string;
  /** Of the namespace that its other end is in, where that is another. */
  readonly link_netnsid?: number;
  /** `ether`, `loopback`. */
  readonly link_type?: string;
  readonly master?: string;
  readonly mtu: number;
  readonly address: string;
  readonly operstate: string;
  /** `UP`, `LOWER_UP`, `BROADCAST`. */
  readonly flags: readonly string[];
  readonly ifalias?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: {
      readonly id?: number;
      readonly port?: number;
      readonly link?: string;
      readonly local?: string;
      readonly local6?: string;
    };
    readonly info_slave_kind?: string;
    readonly info_slave_data?: {
      readonly isolated?: boolean;
      readonly hairpin?: boolean;
      /** `forwarding`, `disabled`. */
      readonly state?: string;
    };
  };
  readonly stats64?: { readonly rx: Counters; readonly tx: Counters };
}

interface Counters {
  readonly bytes: number;
  readonly packets: number;
  readonly dropped: number;
  /** Of what is sent, where `-s` was said twice. */
  readonly carrier_changes?: number;
}

/** What `ip -j address` says besides. */
export interface AddressedLink extends Link {
  readonly addr_info: readonly {
    readonly family: 'inet' | 'inet6';
    readonly local: string;
    readonly prefixlen: number;
    readonly scope: string;
    /** Of routers, or of a server of DHCP. */
    readonly dynamic?: boolean;
    readonly temporary?: boolean;
    readonly deprecated?: boolean;
    readonly tentative?: boolean;
    readonly dadfailed?: boolean;
  }[];
}

/** The other end of a veth: each of the two names the other's index. */
export function peerIn<L extends Link>(links: readonly L[], own: Link): L | undefined {
  return links.find(
    ({ ifindex, link_index, linkinfo }) =>
      ifindex === own.link_index && link_index === own.ifindex && linkinfo?.info_kind === 'veth',
  );
}
