import type { Family } from '../../lib/metrics/family.ts';
import type { BondMemberStatus, BondStatus } from '../../networks/bond/status.ts';

type BondFamily = Family<readonly BondStatus[]>;

/** Bonds of this host, and the links of each. */
export const bondFamilies: readonly BondFamily[] = [
  ofBonds('heddle_bond_up', 'Whether anything passes on the bond.', ({ state }) =>
    state === 'down' ? 0 : 1,
  ),
  ofBonds('heddle_bond_members', 'Links that it should be of.', ({ members }) => members.length),
  ofBonds(
    'heddle_bond_members_up',
    'Links of it that flows are sent to.',
    ({ members }) => members.filter(({ used }) => used).length,
  ),
  ofBonds(
    'heddle_bond_imbalance_ratio',
    'By how much the busiest link sends more than the mean of all, in the last ten seconds: 0 is even.',
    ({ imbalance }) => imbalance ?? undefined,
  ),
  {
    name: 'heddle_bond_lacp_partner_info',
    type: 'gauge',
    help: 'Who is heard on a link by LACP.',
    values: (bonds) =>
      bonds.flatMap(({ name: bond, members }) =>
        members.flatMap(({ name: member, heard, partner }) =>
          partner && heard
            ? [{ labels: { bond, member, partner: partner.system, key: String(partner.key) }, value: 1 }]
            : [],
        ),
      ),
  },
  ofMembers('heddle_bond_member_up', 'gauge', 'Whether flows are sent to a link.', ({ used }) =>
    used ? 1 : 0,
  ),
  {
    name: 'heddle_bond_member_problem',
    type: 'gauge',
    help: 'What is wrong with a link.',
    values: (bonds) =>
      bonds.flatMap(({ name: bond, members }) =>
        members.flatMap(({ name: member, problem }) =>
          problem === null ? [] : [{ labels: { bond, member, problem }, value: 1 }],
        ),
      ),
  },
  ofMembers(
    'heddle_bond_member_failures_total',
    'counter',
    'How often a link was lost.',
    ({ failures }) => failures,
  ),
  ofMembers(
    'heddle_bond_member_speed_bits_per_second',
    'gauge',
    'What a link can carry.',
    ({ speed }) => speed ?? undefined,
  ),
  ofMembers(
    'heddle_bond_member_transmit_bytes_total',
    'counter',
    'Bytes sent on a link.',
    ({ sent }) => sent,
  ),
  ofMembers(
    'heddle_bond_member_receive_bytes_total',
    'counter',
    'Bytes received on a link.',
    ({ received }) => received,
  ),
  ofMembers(
    'heddle_bond_member_errors_total',
    'counter',
    'Frames that were spoilt on a link.',
    ({ errors }) => errors,
  ),
];

function ofBonds(name: string, help: string, figureOf: (bond: BondStatus) => number | undefined): BondFamily {
  return {
    name,
    type: 'gauge',
    help,
    values: (bonds) =>
      bonds.flatMap((bond) => {
        const value = figureOf(bond);
        return value === undefined ? [] : [{ labels: { bond: bond.name, driver: bond.driver }, value }];
      }),
  };
}

function ofMembers(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  figureOf: (member: BondMemberStatus) => number | undefined,
): BondFamily {
  return {
    name,
    type,
    help,
    values: (bonds) =>
      bonds.flatMap(({ name: bond, members }) =>
        members.flatMap((member) => {
          const value = figureOf(member);
          return value === undefined ? [] : [{ labels: { bond, member: member.name }, value }];
        }),
      ),
  };
}
