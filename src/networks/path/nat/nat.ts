import { observeStamp } from '../../stamp.ts';
import { configurationFolder, type FunctionKind } from '../kind.ts';
import { parseNat, unfitFor } from './parse.ts';
import { type NatRules, natSchema } from './rules.ts';
import { renderNat } from './ruleset.ts';

/** What the agent loads by itself when it starts. */
const file = 'rules.nft';

/** Routes, and changes ports and sources on the way: nftables in the function's namespace. */
export const nat: FunctionKind<NatRules> = {
  schema: natSchema,
  read: parseNat,
  knows: () => ({ services: [], networks: [] }),
  isRouted: true,
  unfitFor,
  configuration: {
    render: (rules, legs, digest) => ({ [file]: renderNat(rules, legs, digest) }),
    apply: ['nft', '-f', `${configurationFolder}/${file}`],
    observe: (namespace) => observeStamp(namespace, [{ family: 'inet', name: 'heddle' }]),
  },
};
