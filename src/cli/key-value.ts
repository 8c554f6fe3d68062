import { HeddleError } from '../lib/errors.ts';

/** @param text `key=value` @throws HeddleError ERR_USAGE */
export function keyValue(text: string): [key: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new HeddleError('ERR_USAGE', `${JSON.stringify(text.slice(0, 80))} is not of the form KEY=VALUE`);
}
