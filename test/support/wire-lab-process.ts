// Run in the network namespace that is the lab's host: puts the firewall in the wire and its rules in place, as the node
// does, and again with each line of input that has other rules or neighbours. Answers each with `done`.
import { createInterface } from 'node:readline';
import { nft } from '../../src/networks/nft.ts';
import type { FirewallRules } from '../../src/networks/path/firewall/rules.ts';
import { renderRuleset } from '../../src/networks/path/firewall/ruleset.ts';
import { bridgeIdentity, setGuard } from '../../src/networks/path/guard/guard.ts';
import type { Leg, Neighbour } from '../../src/networks/path/leg.ts';
import type { PathEnds } from '../../src/networks/path/patch/scene.ts';
import { insertPath, releaseFunction, removePath } from '../../src/networks/path/path.ts';
import { waysOf } from '../../src/networks/path/ways.ts';

export interface LabOrder {
  readonly ends: PathEnds;
  readonly rules: FirewallRules;
  /** By bridge. */
  readonly own: Readonly<Record<string, Pick<Leg, 'mac' | 'ipv4' | 'ipv6'>>>;
  readonly neighbours: Readonly<Record<string, readonly (Neighbour & { readonly pid: number })[]>>;
  readonly release?: boolean;
}

async function follow({ ends, rules, own, neighbours, release }: LabOrder): Promise<void> {
  const [fn] = ends.functions;
  if (release) {
    await removePath(ends.project, ends.pod);
    return releaseFunction(ends.project, fn?.name ?? '');
  }
  const waysNow = async () => (await waysOf(ends.project, [ends])).get(ends.pod) ?? [];
  const legs = (await waysNow()).map(async ({ id, bridge }): Promise<Leg> => {
    const { mac, cidrs } = (await bridgeIdentity(bridge))!;
    return {
      id,
      network: bridge,
      ...own[bridge]!,
      neighbours: neighbours[bridge] ?? [],
      gateway: {
        mac,
        ipv4: cidrs.filter((cidr) => !cidr.includes(':')),
        ipv6: cidrs.filter((cidr) => cidr.includes(':')),
      },
    };
  });
  await nft({ pid: fn?.pid ?? 0 }, renderRuleset(rules, await Promise.all(legs), 'lab'));
  await insertPath(ends);
  const guarded = (await waysNow()).map(({ bridge, port }) => ({ bridge, port, ...own[bridge]! }));
  const others = await Promise.all(
    Object.entries(neighbours).flatMap(([bridge, all]) =>
      all.map(async ({ pid, mac, ipv4, ipv6, service = '' }) => {
        const ways = await waysOf(ends.project, [{ pod: service, pid }]);
        const [way] = ways.get(service) ?? [];
        return { bridge, port: way?.port ?? '', mac, ipv4: ipv4 ? [ipv4] : [], ipv6: ipv6 ? [ipv6] : [] };
      }),
    ),
  );
  const gateways = await Promise.all(Object.keys(own).map(async (bridge) => (await bridgeIdentity(bridge))!));
  await setGuard(ends.project, [...guarded, ...others, ...gateways], 'lab');
}

for await (const line of createInterface({ input: process.stdin })) {
  await follow(JSON.parse(line) as LabOrder);
  process.stdout.write('done\n');
}
