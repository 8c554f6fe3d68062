import type { NetworkWish } from '../networks/standard/network.ts';
import { jsonIn } from './json.ts';

/**
 * What engines take as `-o key=value`, where all values are texts: `network`, `archetype` and `mtu` are of every network, and the
 * rest is the archetype's; a value is JSON, or else a text. Pure.
 */
export function keyOptions(given: Readonly<Record<string, string>>): Partial<Pick<NetworkWish, 'mtu'>> & {
  readonly network?: string;
  readonly archetype: string;
  readonly options: Record<string, unknown>;
} {
  const { network, archetype = 'ip', mtu, ...rest } = given;
  return {
    ...(network !== undefined && { network }),
    archetype,
    ...(mtu !== undefined && { mtu: Number(mtu) }),
    options: Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, jsonOr(value)])),
  };
}

function jsonOr(text: string): unknown {
  const json = jsonIn(text);
  return json ? json.value : text;
}
