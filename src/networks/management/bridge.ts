import { existsSync } from 'node:fs';
import { run } from '../../lib/exec.ts';
import { contentHash } from '../../lib/hash.ts';
import { deleteLinks, inNamespace, ipBatch, ipJson, type Link } from '../ip.ts';
import { managementNamespace } from '../namespaces.ts';
import { nft } from '../nft.ts';
import { portRules } from './rules.ts';

/** Name of the management interface inside a pod. */
export const managementInterface = 'heddle0';
const bridge = 'management';

/** A pod's port on the management bridge of its application. Bytes are counted from the pod's side. */
export interface ManagementPort {
  readonly pod: string;
  readonly isolated: boolean;
  readonly sent: number;
  readonly received: number;
}

/**
 * The management network of one application: a bridge in a network namespace of its own, with a port for each pod that
 * has an agent or a collector. Ports of agents are isolated: they reach collectors, and nobody else. Being in no
 * namespace of the host's or the engine's, it has no route and no rule, and no way leads from it anywhere.
 */
export class ManagementBridge {
  readonly #namespace: string;
  /** Looked for once: the object lives as long as one operation on the application. */
  #ready: Promise<void> | undefined;

  constructor(project: string) {
    this.#namespace = managementNamespace(project);
  }

  /** What is there; an empty list when there is no bridge. */
  async ports(): Promise<ManagementPort[]> {
    if (!this.#exists()) return [];
    const links = await ipJson<Link>({ name: this.#namespace }, ['-s', 'link', 'show']);
    return links
      .filter((link) => link.master === bridge && link.ifalias !== undefined)
      .map((link) => ({
        pod: link.ifalias as string,
        isolated: link.linkinfo?.info_slave_data?.isolated === true,
        sent: link.stats64?.rx.bytes ?? 0,
        received: link.stats64?.tx.bytes ?? 0,
      }));
  }

  /** Gives a pod its port, made anew if it has one. `pid`: a process in the pod's network namespace. */
  async connect(pod: string, pid: number, address: string, isolated: boolean): Promise<void> {
    this.#ready ??= this.#ensure();
    await this.#ready;
    const port = portName(pod);
    const mac = hardwareAddress(pod);
    const here = { name: this.#namespace };
    // Before the port is there: nothing passes one that the rules do not know.
    await nft(here, portRules({ port, mac, address }));
    const add = () =>
      ipBatch(here, [
        `link add ${port} type veth peer name ${managementInterface} address ${mac} netns ${pid}`,
        `link set ${port} alias ${pod}`,
        `link set ${port} master ${bridge}`,
        `link set ${port} type bridge_slave isolated ${isolated ? 'on' : 'off'}`,
        `link set ${port} up`,
      ]);
    try {
      await add();
    } catch (error) {
      if (!String(error).includes('File exists')) throw error;
      await this.disconnect(pod);
      await add();
    }
    // Engines switch IPv6 off in containers whose networks have none.
    const setting = `/proc/sys/net/ipv6/conf/${managementInterface}/disable_ipv6`;
    await inNamespace({ pid }, ['tee', setting], '0');
    await ipBatch({ pid }, [
      `addr add ${address}/64 dev ${managementInterface} nodad`,
      `link set ${managementInterface} up`,
    ]);
  }

  async disconnect(pod: string): Promise<void> {
    if (!this.#exists()) return;
    await deleteLinks({ name: this.#namespace }, [portName(pod)]);
  }

  async remove(): Promise<void> {
    if (this.#exists()) await run('ip', ['netns', 'del', this.#namespace], { code: 'ERR_NETWORK' });
  }

  #exists(): boolean {
    return existsSync(`/run/netns/${this.#namespace}`);
  }

  async #ensure(): Promise<void> {
    if (!this.#exists()) {
      try {
        await run('ip', ['netns', 'add', this.#namespace], { code: 'ERR_NETWORK' });
      } catch (error) {
        // Two pods of one application may come here at once.
        if (!this.#exists()) throw error;
      }
    }
    const here = { name: this.#namespace };
    const links = await ipJson<Link>(here, ['link', 'show']);
    if (links.some((link) => link.ifname === bridge)) return;
    try {
      await ipBatch(here, ['link set lo up', `link add ${bridge} type bridge stp_state 0 forward_delay 0`]);
    } catch (error) {
      if (!String(error).includes('File exists')) throw error;
    }
    await ipBatch(here, [`link set ${bridge} up`]);
  }
}

/** An interface name has at most 15 characters; the pod's whole name is the port's alias. */
function portName(pod: string): string {
  return `p${contentHash(pod).slice(0, 12)}`;
}

/** A unicast address of local administration (IEEE 802), made from the pod's name: known before there is an interface. */
function hardwareAddress(pod: string): string {
  return ['02', ...(contentHash(`management ${pod}`).slice(0, 10).match(/../g) ?? [])].join(':');
}
