import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../../lib/exec.ts';
import { packageRoot } from '../../../lib/package-root.ts';
import { mountBpffs, unmountBpffs } from '../../bpf/bpffs.ts';
import { bpftool, bpftoolBatch } from '../../bpf/bpftool.ts';
import { inNamespace, type Namespace } from '../../ip.ts';
import { managementNamespace, patchNamespace } from '../../namespaces.ts';
import { attach, ownQdisc } from '../../nve/ebpf/attach.ts';
import { words } from '../../nve/ebpf/maps.ts';
import type { Hops } from './hops.ts';

/** Where the programs and maps of panels are pinned: they belong to namespaces of this host, and last as long. */
const bpffs = '/run/heddle-patch';

/** For interfaces that come. */
const noIpv6 = '/proc/sys/net/ipv6/conf/default/disable_ipv6';

/** A panel as it is: what is noted at its ports, and at which of them the program hangs. */
export interface PanelState {
  readonly hops: Hops;
  readonly attached: ReadonlySet<number>;
}

const empty: PanelState = { hops: new Map(), attached: new Set() };

/** The patch panel of an application: a network namespace of its own, and in the kernel its program with what it notes. */
export class Panel {
  readonly namespace: Namespace & { readonly name: string };
  readonly #folder: string;

  constructor(project: string) {
    this.namespace = { name: patchNamespace(project) };
    // A name with a dot is none in that file system.
    this.#folder = path.join(bpffs, managementNamespace(project));
  }

  get isThere(): boolean {
    return existsSync(`/run/netns/${this.namespace.name}`);
  }

  /** Sees to it that it is there, and its program loaded. @throws HeddleError ERR_NETWORK */
  async make(): Promise<void> {
    // What is noted for a namespace that has gone is of interfaces that have gone.
    if (!this.isThere) {
      rmSync(this.#folder, { recursive: true, force: true });
      await run('ip', ['netns', 'add', this.namespace.name], { code: 'ERR_NETWORK' });
    }
    if (this.#isLoaded) return;
    // Nobody speaks there: with IPv6 the kernel would, at every port (RFC 4862, 5.3).
    if (existsSync(noIpv6)) await inNamespace(this.namespace, ['tee', noIpv6], '1');
    await mountBpffs(bpffs);
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
    const object = path.join(packageRoot, 'dist', 'dataplane', 'patch.bpf.o');
    await bpftool('prog', 'loadall', object, this.#folder, 'pinmaps', this.#folder);
  }

  async read(): Promise<PanelState> {
    if (!this.isThere || !this.#isLoaded) return empty;
    const batch = ['net show', `prog show pinned ${this.#program}`, `map dump pinned ${this.#hops}`];
    const text = await inNamespace(
      this.namespace,
      ['bpftool', '-j', 'batch', 'file', '-'],
      `${batch.join('\n')}\n`,
    );
    const [net, program, hops] = (JSON.parse(text) as { output: unknown }[]).map(({ output }) => output);
    const { id } = program as { id: number };
    const [{ tc }] = net as [{ tc: { ifindex: number; id: number }[] }];
    return {
      hops: new Map(
        (hops as { formatted: { key: number; value: number } }[]).map(({ formatted }) => [
          formatted.key,
          formatted.value,
        ]),
      ),
      attached: new Set(tc.filter((one) => one.id === id).map(({ ifindex }) => ifindex)),
    };
  }

  /** Lines for `tc -batch` that hang the program at ports, in place of what hangs there. */
  hang(ports: readonly string[]): string {
    const lines = ports.flatMap((port) => [ownQdisc(port), attach(port, 'ingress', this.#program)]);
    return `${lines.join('\n')}\n`;
  }

  /** Notes where frames go, one port after the other, and forgets what is noted at others. */
  async note(
    entries: readonly (readonly [from: number, to: number])[],
    forgotten: readonly number[] = [],
  ): Promise<void> {
    const lines = [
      ...entries.map(
        ([from, to]) => `map update pinned ${this.#hops} key hex ${words(from)} value hex ${words(to)} any`,
      ),
      ...forgotten.map((port) => `map delete pinned ${this.#hops} key hex ${words(port)}`),
    ];
    if (lines.length > 0) await bpftoolBatch(lines);
  }

  /** Takes it away, with all that is still in it. */
  async remove(): Promise<void> {
    if (this.isThere) await run('ip', ['netns', 'del', this.namespace.name], { code: 'ERR_NETWORK' });
    rmSync(this.#folder, { recursive: true, force: true });
    if (existsSync(bpffs) && readdirSync(bpffs).length === 0) await unmountBpffs(bpffs);
  }

  get #isLoaded(): boolean {
    return [this.#program, this.#hops].every((file) => existsSync(file));
  }

  get #program(): string {
    return path.join(this.#folder, 'pass');
  }

  get #hops(): string {
    return path.join(this.#folder, 'hops');
  }
}
