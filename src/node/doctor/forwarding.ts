import { isInstalled, run } from '../../lib/exec.ts';
import { type Finding, ok, type Surroundings, warning } from './finding.ts';

export interface BaseChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string;
  readonly policy?: string;
}

/** Whether rules of others drop what this host forwards: the networks' ways out, and what comes to published ports. */
export async function checkForwarding({ root }: Surroundings): Promise<Finding[]> {
  if (!root || !(await isInstalled('nft'))) return [];
  const text = await run('nft', ['-j', 'list', 'chains'], { timeout: 10_000 });
  const listed = (JSON.parse(text) as { readonly nftables: readonly { readonly chain?: BaseChain }[] })
    .nftables;
  return judgeForwarding(listed.flatMap(({ chain }) => chain ?? []));
}

export function judgeForwarding(chains: readonly BaseChain[]): Finding[] {
  const check = 'forwarding';
  const dropping = chains.filter(
    ({ hook, policy, table }) => hook === 'forward' && policy === 'drop' && !table.startsWith('heddle'),
  );
  const hasDocker = (family: string) =>
    chains.some((chain) => chain.family === family && chain.name === 'DOCKER-USER');
  // In Docker's chain for that, Heddle lets its own networks through.
  const others = dropping.filter(
    ({ family, table, name }) => !(table === 'filter' && name === 'FORWARD' && hasDocker(family)),
  );
  if (others.length === 0) return [ok(check, 'no rules of others drop what this host forwards')];
  const names = others.map(({ family, table, name }) => `${family} ${table} ${name}`).join(', ');
  return [
    warning(
      check,
      `the policy of ${names} is drop: unless a rule in it accepts them, networks of Heddle have no way out, and their published ports are not reached`,
      'accept what comes in or goes out by hb* there (nft: iifname "hb*" accept; oifname "hb*" accept)',
    ),
  ];
}
