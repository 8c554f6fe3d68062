import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

// A link of a bond has no part in IP itself: the host would speak there for itself (RFC 4861, RFC 3810), past the bond.

/** Keeps this host from speaking at a link, until {@link unkeepQuiet}. @param folder of the link's own */
export function keepQuiet(link: string, folder: string): void {
  const file = settingOf(link);
  // A kernel without IPv6 has none of it.
  if (!existsSync(file) || readFileSync(file, 'utf8').trim() === '1') return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(noteOf(folder), '', { mode: 0o600 });
  writeFileSync(file, '1');
}

/** Lets it speak again, where it did before. */
export function unkeepQuiet(link: string, folder: string): void {
  if (!existsSync(noteOf(folder))) return;
  if (existsSync(settingOf(link))) writeFileSync(settingOf(link), '0');
  rmSync(noteOf(folder));
}

function settingOf(link: string): string {
  return `/proc/sys/net/ipv6/conf/${link}/disable_ipv6`;
}

function noteOf(folder: string): string {
  return path.join(folder, 'ipv6');
}
