import type { TestHost } from './host.ts';

/** Ports that probes come from. */
const probes = '700-999';
const sets = { flows4: ['ip', 'ipv4_addr'], flows6: ['ip6', 'ipv6_addr'] } as const;

/** What nft(8) notes in a function's namespace: each direction of each flow of TCP once, and how many fragments came in. */
const noting = [
  'add table bridge flows',
  'add counter bridge flows fragments',
  'add chain bridge flows entering { type filter hook prerouting priority -300; }',
  `add rule bridge flows entering tcp sport ${probes} return`,
  `add rule bridge flows entering tcp dport ${probes} return`,
  'add rule bridge flows entering ip frag-off & 0x3fff != 0 counter name fragments',
  // What only acknowledges may come again when its flow is over and forgotten, and is then of none.
  'add rule bridge flows entering tcp flags & (fin | syn | rst | psh | ack | urg) == ack return',
  ...Object.entries(sets).flatMap(([set, [family, type]]) => [
    `add set bridge flows ${set} { type ${type} . inet_service . ${type} . inet_service; size 65535; flags dynamic; }`,
    `add rule bridge flows entering update @${set} { ${family} saddr . tcp sport . ${family} daddr . tcp dport }`,
  ]),
].join('; ');

/** The flows that functions see that bridge. */
export class SeenFlows {
  readonly #host: TestHost;
  readonly #project: string;

  constructor(host: TestHost, project: string) {
    this.#host = host;
    this.#project = project;
  }

  /** From now on, whatever was seen before. */
  async begin(...functions: readonly string[]): Promise<void> {
    for (const fn of functions)
      await this.#nft(fn, `add table bridge flows; delete table bridge flows; ${noting}`);
  }

  /** `flows`: ends in their order, `10.0.0.1:80 10.0.0.2:1234`; `halves`: those of which one direction alone was seen. */
  async of(fn: string): Promise<{ readonly flows: readonly string[]; readonly halves: readonly string[] }> {
    const counts = new Map<string, number>();
    for (const set of Object.keys(sets)) {
      const { nftables } = JSON.parse(await this.#nft(fn, '-j', 'list', 'set', 'bridge', 'flows', set)) as {
        nftables: { set?: { elem?: { concat: (string | number)[] }[] } }[];
      };
      for (const { concat } of nftables.flatMap(({ set: found }) => found?.elem ?? [])) {
        const [source, sourcePort, destination, destinationPort] = concat;
        const flow = [`${source}:${sourcePort}`, `${destination}:${destinationPort}`].sort().join(' ');
        counts.set(flow, (counts.get(flow) ?? 0) + 1);
      }
    }
    return {
      flows: [...counts.keys()],
      halves: [...counts].flatMap(([flow, count]) => (count < 2 ? flow : [])),
    };
  }

  /** How many fragments of IPv4 come into each while something is done. */
  async fragmentsDuring(functions: readonly string[], work: () => Promise<unknown>): Promise<number[]> {
    await this.begin(...functions);
    await work();
    return Promise.all(
      functions.map(async (fn) => {
        const text = await this.#nft(fn, 'list', 'counter', 'bridge', 'flows', 'fragments');
        return Number(/packets (\d+)/.exec(text)?.[1]);
      }),
    );
  }

  async #nft(fn: string, ...args: readonly string[]): Promise<string> {
    const pid = this.#host.podman('inspect', `${this.#project}-${fn}.sandbox`, '--format', '{{.State.Pid}}');
    const { code, stdout, stderr } = await this.#host.run('nsenter', ['-t', pid, '-n', 'nft', ...args]);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }
}
