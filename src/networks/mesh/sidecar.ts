import { chownSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { canonicalJson, contentHash } from '../../lib/hash.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { endProcess, textOf } from '../ip/end-process.ts';
import { checkNamespace } from '../linux/namespace.ts';
import { nft, nftList } from '../nft.ts';
import { leadToProxy, leadToProxyNoMore } from './local-route.ts';
import { proxyFile } from './proxy-file.ts';
import { meshRules, tableOf } from './rules.ts';
import { markOf, type SidecarPlan } from './sidecar-plan.ts';

/** Who the proxy is: nobody else on the host. A container has its own processes, whoever it calls so. */
const account = { uid: 64_813, gid: 64_813 } as const;
/** It speaks in the name of others (IP_TRANSPARENT, ip(7)), and may do nothing else. */
const privileges = [
  `--reuid=${account.uid}`,
  `--regid=${account.gid}`,
  '--clear-groups',
  '--no-new-privs',
  '--inh-caps=-all,+net_raw',
  '--ambient-caps=-all,+net_raw',
  '--bounding-set=-all,+net_raw',
] as const;

/** What an endpoint proves who it is by, and whom it believes; PEM. */
export interface Trust {
  readonly own: string;
  readonly authorities: string;
}

/**
 * The proxy beside an endpoint, in its namespace, with the rules that lead to it. It is no child of this process, and outlives it.
 * Its configuration is called after its content: by what runs, it is known what that runs by.
 */
export class Sidecar {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Certificate and key, as they were made last. */
  get own(): string | undefined {
    return textOf(this.#file('own.pem'));
  }

  /** Makes it so. One that is so already is left alone; what goes through one before goes on. @throws HeddleError ERR_NETWORK */
  async settle(plan: SidecarPlan, trust: Trust): Promise<void> {
    const before = this.#planKept();
    if (before && !isSamePlace(before, plan)) await this.remove();
    checkNamespace(plan.namespace.path, plan.namespace.inode);
    const [config, text] = this.#configOf(plan, trust);
    mkdirSync(this.#file('run'), { recursive: true, mode: 0o755 });
    chownSync(this.#file('run'), account.uid, account.gid);
    // By this what it has is found again, whatever happens next.
    replaceFile(this.#file('plan.json'), JSON.stringify(plan), 0o600);
    // Nobody gets in before there is a proxy, nor out.
    await nft(plan.namespace, meshRules(plan));
    await leadToProxy(plan.namespace, markOf(plan.id));
    if (this.#pidsOf(config).length > 0) return;
    replaceFile(this.#file('own.pem'), trust.own, 0o600);
    chownSync(this.#file('own.pem'), account.uid, account.gid);
    replaceFile(this.#file('authorities.pem'), trust.authorities, 0o644);
    replaceFile(config, text, 0o644);
    await this.#start(plan, config);
    for (const name of readdirSync(this.#folder))
      if (/^haproxy-.*\.cfg$/.test(name) && this.#file(name) !== config) rmSync(this.#file(name));
  }

  /** Whether all is there, and as it should be. @throws HeddleError ERR_NETWORK */
  async isSettled(plan: SidecarPlan, trust: Trust): Promise<boolean> {
    const before = this.#planKept();
    if (!before || canonicalJson(before) !== canonicalJson(plan)) return false;
    const [config] = this.#configOf(plan, trust);
    if (this.#pidsOf(config).length === 0) return false;
    const listed = await nftList<{ table?: { name: string } }>(plan.namespace, ['tables', 'inet']);
    return listed.some(({ table }) => table?.name === tableOf(plan));
  }

  /** Takes away all of it. What went through it ends. @throws HeddleError ERR_NETWORK */
  async remove(): Promise<void> {
    if (!existsSync(this.#folder)) return;
    const plan = this.#planKept();
    while (this.#pidsOf().length > 0) await endProcess('haproxy', () => this.#pidsOf()[0]);
    if (plan && isThere(plan)) {
      const table = tableOf(plan);
      await nft(plan.namespace, `add table inet ${table}\ndelete table inet ${table}`);
      await leadToProxyNoMore(plan.namespace, markOf(plan.id));
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start({ namespace, name }: SidecarPlan, config: string): Promise<void> {
    const before = this.#pidsOf();
    // Whoever comes meanwhile is taken over with the sockets that they come to.
    const takeOver = before.length > 0 ? ['-x', this.#file('run/socket'), '-sf', ...before.map(String)] : [];
    const command = ['haproxy', '-D', '-q', '-f', config, '-p', this.#file('run/pid'), ...takeOver];
    try {
      await run('nsenter', [`--net=${namespace.path}`, '--', 'setpriv', ...privileges, ...command], {
        code: 'ERR_NETWORK',
      });
    } catch (cause) {
      const { message } = cause as Error;
      throw new HeddleError('ERR_NETWORK', `endpoint ${name}: its proxy does not start: ${message}`, {
        cause,
        hint: /haproxy.*(not found|No such file)|ENOENT/.test(message)
          ? 'networks of mesh need HAProxy 2.6 or newer (apt-get install haproxy)'
          : undefined,
      });
    }
  }

  #configOf(plan: SidecarPlan, trust: Trust): [file: string, text: string] {
    const text = proxyFile(plan, {
      own: this.#file('own.pem'),
      authorities: this.#file('authorities.pem'),
      socket: this.#file('run/socket'),
    });
    const hash = contentHash(canonicalJson([text, trust.own, trust.authorities])).slice(0, 16);
    return [this.#file(`haproxy-${hash}.cfg`), text];
  }

  /** Of those that run by a configuration, or by any of its. */
  #pidsOf(config?: string): number[] {
    return readdirSync('/proc').flatMap((name) => {
      const words = /^\d+$/.test(name) ? textOf(`/proc/${name}/cmdline`)?.split('\0') : undefined;
      const at = words?.[words.indexOf('-f') + 1];
      const isOwn = config === undefined ? at?.startsWith(`${this.#folder}/haproxy-`) : at === config;
      return words?.[0] === 'haproxy' && isOwn ? [Number(name)] : [];
    });
  }

  #planKept(): SidecarPlan | undefined {
    try {
      return JSON.parse(textOf(this.#file('plan.json')) ?? '') as SidecarPlan;
    } catch {
      return undefined;
    }
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }
}

function isSamePlace(one: SidecarPlan, other: SidecarPlan): boolean {
  return one.interface === other.interface && canonicalJson(one.namespace) === canonicalJson(other.namespace);
}

/** Whether its namespace is there, and not another under the same path. A proxy in it would keep it for ever. */
export function isThere({ namespace }: SidecarPlan): boolean {
  try {
    checkNamespace(namespace.path, namespace.inode);
    return true;
  } catch {
    return false;
  }
}
