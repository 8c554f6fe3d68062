import type { LacpSystem } from '../bond-driver.ts';
import { valueIn } from '../value-in.ts';

/** What `ovs-appctl lacp/show BOND` says (ovs-vswitchd(8)); only what Heddle reads. */
export interface LacpShown {
  readonly actor: LacpSystem | undefined;
  readonly members: readonly LacpMember[];
}

export interface LacpMember {
  readonly name: string;
  readonly isCurrent: boolean;
  /** Whether it may carry, as LACP, the carrier and BFD have it. */
  readonly isEnabled: boolean;
  readonly partner: (LacpSystem & { readonly port: number }) | undefined;
}

const nobody = '00:00:00:00:00:00';

/** Pure. Members were called slaves before Open vSwitch 2.16. */
export function parseLacpShow(text: string): LacpShown {
  const [head = '', ...members] = text.split(/^(?:member|slave): /m);
  return { actor: systemIn(head, '', 'aggregation key'), members: members.map(memberIn) };
}

function memberIn(text: string): LacpMember {
  const [, name = '', state = ''] = /^(.*?): (.*)$/m.exec(text) ?? [];
  const partner = systemIn(text, 'partner ', 'partner key');
  return {
    name,
    isCurrent: state.startsWith('current'),
    isEnabled: valueIn(text, 'may_enable') === 'true',
    partner: partner && { ...partner, port: Number(valueIn(text, 'partner port_id') ?? 0) },
  };
}

function systemIn(text: string, prefix: string, key: string): LacpSystem | undefined {
  const system = valueIn(text, `${prefix}sys_id`);
  return system === undefined || system === nobody
    ? undefined
    : { system, key: Number(valueIn(text, key) ?? 0) };
}

/** How often each member was lost, by `ovs-appctl lacp/show-stats BOND`: its partner fell silent, or its carrier went. Pure. */
export function parseLacpStats(text: string): ReadonlyMap<string, number> {
  return new Map(
    text
      .split(/^(?:member|slave): /m)
      .slice(1)
      .map((member) => {
        const name = member.slice(0, member.indexOf(':\n'));
        const carrier = Number(valueIn(member, 'Carrier Status Changed') ?? 0);
        const expired = Number(valueIn(member, 'Link Expired') ?? 0);
        // One that goes and comes is one that was lost once; where the carrier goes, what LACP heard is past as well.
        return [name, Math.max(expired, Math.ceil(carrier / 2))] as const;
      }),
  );
}
