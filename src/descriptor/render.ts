import { stringify } from 'yaml';
import type { Descriptor } from './descriptor.ts';
import { redact } from './redact.ts';

export interface RenderOptions {
  readonly showSecrets: boolean;
  readonly format: 'yaml' | 'json';
}

/** The merged project as `docker compose config` prints it: long forms, sorted keys, `$` written `$$`. */
export function renderConfig(descriptor: Pick<Descriptor, 'model'>, options: RenderOptions): string {
  const shown = options.showSecrets ? descriptor.model : redact(descriptor.model);
  const ready = sorted(escapeDollars(shown), true);
  if (options.format === 'json') return `${JSON.stringify(ready, null, 2)}\n`;
  // Anchors would be legal, but nobody wants to read `&a1` where each value stood on its own.
  return stringify(ready, { aliasDuplicateObjects: false, lineWidth: 0 });
}

const FIRST = ['name', 'services', 'networks', 'volumes', 'configs', 'secrets'];

function sorted(value: unknown, top: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item, false));
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  const order = top
    ? [...FIRST.filter((key) => keys.includes(key)), ...keys.filter((k) => !FIRST.includes(k))]
    : keys;
  return Object.fromEntries(
    order.map((key) => [key, sorted((value as Record<string, unknown>)[key], false)]),
  );
}

/** What was printed can be read again and gives the same. */
function escapeDollars(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escapeDollars);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escapeDollars(item)]));
}
