import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../../lib/replace-file.ts';
import * as z from '../../lib/zod.ts';
import { bondDriverNames } from './driver-names.ts';

const made = z.object({
  driver: z.enum(bondDriverNames),
  /** Those that were members, or may have become it. */
  links: z.array(z.string()),
  addresses: z.array(z.string()),
  mac: z.string(),
  /** Of this boot: the next has none of the interfaces of before. */
  boot: z.string(),
  /** Of its interface; nothing: it is being made. */
  ifindex: z.number().optional(),
});
/** What was made on this host, whichever process has made it. */
export type Made = z.infer<typeof made>;

/** What somebody has spoilt is as good as nothing. */
export function noted(folder: string): Made | undefined {
  const file = fileOf(folder);
  if (!existsSync(file)) return undefined;
  try {
    return made.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

export function note(folder: string, what: Made): void {
  const text = JSON.stringify(what);
  const file = fileOf(folder);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  replaceFile(file, text, 0o600);
}

/** Links that something was noted of: each has a folder. */
export function notedLinks(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

function fileOf(folder: string): string {
  return path.join(folder, 'made.json');
}
