import { observeStamp } from '../../stamp.ts';
import { configurationFolder, type FunctionKind } from '../kind.ts';
import { parseFirewall } from './parse.ts';
import { probesOf } from './probes.ts';
import { cidrsIn, type FirewallRules, servicesIn } from './rules.ts';
import { renderRuleset } from './ruleset.ts';
import { rulesSchema } from './schema.ts';

const file = 'rules.nft';

/** Lets pass what its rules accept, and nothing else: nftables in the function's namespace. */
export const firewall: FunctionKind<FirewallRules> = {
  schema: rulesSchema,
  read: parseFirewall,
  knows: (rules) => ({ services: servicesIn(rules), networks: cidrsIn(rules) }),
  probes: (rules, side) => probesOf(side === 'to' ? rules.ingress : rules.egress),
  configuration: {
    render: (rules, legs, digest) => ({ [file]: renderRuleset(rules, legs, digest) }),
    apply: ['nft', '-f', `${configurationFolder}/${file}`],
    observe: (namespace) =>
      observeStamp(namespace, [
        { family: 'bridge', name: 'heddle' },
        { family: 'inet', name: 'heddle' },
      ]),
  },
};
