import { firewall } from './firewall/firewall.ts';
import { inspection } from './inspection/inspection.ts';
import type { FunctionKind } from './kind.ts';
import { nat } from './nat/nat.ts';
import { shaper } from './shaper/shaper.ts';

/** Every kind of function: a directory, and a line here. */
const kinds = { firewall, inspection, nat, shaper };

export type FunctionKindName = keyof typeof kinds;

type SettingsOf<Kind extends FunctionKindName> =
  (typeof kinds)[Kind] extends FunctionKind<infer Settings> ? Settings : never;

/** What one function does: its kind, and the settings of that kind. */
export type FunctionOf<Kind extends FunctionKindName = FunctionKindName> = {
  [Each in Kind]: { readonly kind: Each; readonly settings: SettingsOf<Each> };
}[Kind];

const table: { readonly [Kind in FunctionKindName]: FunctionKind<SettingsOf<Kind>> } = kinds;

export function kindNamed<Kind extends FunctionKindName>(name: Kind): FunctionKind<SettingsOf<Kind>> {
  return table[name];
}

export const functionKindNames = Object.keys(kinds) as FunctionKindName[];
