import type { Option } from 'commander';
import { several } from './command.ts';
import { keyValue } from './key-value.ts';

/** What only an archetype knows, of its networks and endpoints. */
export function archetypeOption(): Option {
  return several('-o, --opt <key=value>', 'an option of the archetype; the value is JSON, or else a text');
}

/** @throws HeddleError ERR_USAGE */
export function archetypeOptions(said: readonly string[] = []): Record<string, unknown> {
  return Object.fromEntries(said.map(keyValue).map(([key, value]) => [key, jsonOr(value)]));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
