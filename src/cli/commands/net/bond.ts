import type { Command } from 'commander';
import type { BondMemberStatus, BondStatus } from '../../../networks/bond/status.ts';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../../command.ts';

export function showBonds(): Command {
  return nodeCommand(
    'bond',
    'Show the bonds of this host: what each was agreed with, the share of each link, and what is wrong; exits with 1 where a bond is not up',
  )
    .argument('[name]', 'one bond, with its links')
    .addOption(formatOption())
    .action(async (name: string | undefined, options: NodeOptions & { readonly format: Format }) => {
      const [{ presentNode }, { printRows }, { HeddleError }] = await Promise.all([
        import('../../node-connection.ts'),
        import('../../output/table.ts'),
        import('../../../lib/errors.ts'),
      ]);
      const all = await presentNode(options).bonds();
      const bond = all.find((one) => one.name === name);
      if (name !== undefined && !bond) {
        const there = all.map((one) => one.name).join(', ') || 'none';
        throw new HeddleError(
          'ERR_RESOURCE_UNKNOWN',
          `bond ${JSON.stringify(name.slice(0, 63))}: there is none of that name; there is ${there}`,
          { hint: 'bonds are said in the node’s settings, `uplinks`: docs/howto/bonds.md' },
        );
      }
      if ((bond ? [bond] : all).some(({ state }) => state !== 'up')) process.exitCode = 1;
      if (bond) return printBond(bond, options.format);
      printRows(all, options.format, {
        NAME: (one) => one.name,
        DRIVER: ({ driver }) => driver,
        STATE: ({ state }) => state,
        LINKS: ({ members }) => `${members.filter(({ used }) => used).length}/${members.length}`,
        PARTNER: ({ partner }) => partner?.system ?? '',
        KEY: ({ partner }) => partner?.key ?? '',
        IMBALANCE: ({ imbalance }) => percent(imbalance),
        REASON: ({ reason }) => reason,
      });
    });
}

async function printBond(bond: BondStatus, format: Format): Promise<void> {
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify(bond, null, 2)}\n`);
    return;
  }
  const [{ tableOf }, { agoText }, { bytesText }] = await Promise.all([
    import('../../output/table.ts'),
    import('../../output/ago.ts'),
    import('../../output/units.ts'),
  ]);
  const about = [
    ['bond', `${bond.name}, ${bond.mode} by ${bond.driver === 'ovs' ? 'Open vSwitch' : 'the kernel'}`],
    ['state', `${bond.state}, since ${agoText(bond.since, Date.now())}`],
    ['reason', bond.reason],
    ['actor', systemText(bond.actor)],
    ['partner', systemText(bond.partner)],
    [
      'flows',
      `one link each, by ${bond.hash}; LACP is heard ${bond.rate === 'fast' ? 'each second' : 'each 30 s'}`,
    ],
    ['silence', bond.detect === null ? 'is found by LACP' : `is found within ${bond.detect} ms, by BFD`],
    ['imbalance', percent(bond.imbalance) || 'next to nothing was sent in the last ten seconds'],
    ['addresses', bond.addresses.join(', ') || 'none of Heddle’s'],
    ['mtu', bond.mtu ?? 'not known yet'],
    ...(bond.cost === null ? [] : [['cost', bond.cost]]),
  ];
  const lines = about.map(([what, text]) => `${`${what}:`.padEnd(11)}${text}`).join('\n');
  const table = tableOf<BondMemberStatus>(bond.members, {
    LINK: ({ name }) => name,
    USED: ({ used }) => (used ? 'yes' : 'NO'),
    CARRIER: ({ carrier }) => (carrier ? 'yes' : 'no'),
    SPEED: ({ speed }) => (speed === null ? '' : `${speed / 1e6} Mbit/s`),
    LACP: ({ heard }) => (heard ? 'heard' : 'silent'),
    BFD: ({ bfd }) => bfd ?? '',
    PARTNER: ({ partner }) => systemText(partner),
    SHARE: ({ share }) => percent(share),
    SENT: ({ sent }) => bytesText(sent),
    RECEIVED: ({ received }) => bytesText(received),
    FAILURES: ({ failures }) => failures,
    PROBLEM: ({ problem }) => problem ?? '',
  });
  process.stdout.write(`${lines}\n\n${table}\n`);
}

function systemText(system: BondStatus['actor']): string {
  return system ? `${system.system} (key ${system.key})` : 'nobody';
}

function percent(part: number | null): string {
  return part === null ? '' : `${Math.round(part * 100)} %`;
}
