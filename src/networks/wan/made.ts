import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { canonicalJson } from '../../lib/hash.ts';
import { nameRules } from '../../lib/names.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { type LinkKindName, linkKindNames } from './kind-names.ts';
import { linkKinds } from './kinds.ts';
import { removeLivenessGuard } from './liveness-guard.ts';
import { ownLinkNames, removeGuardRoute } from './tunnel-link.ts';
import { Underlay } from './underlay.ts';

/** What links have on this host, whichever process has made it. */
interface Made {
  readonly kind: LinkKindName;
  readonly interface: string;
}

/** Notes what is about to be made. What was made before, of another kind or under another name, is removed. @throws HeddleError ERR_NETWORK */
export async function noteLinks(folder: string, made: Made): Promise<void> {
  const before = noted(folder);
  if (before && canonicalJson(before) !== canonicalJson(made)) await takeAway(before, folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  replaceFile(fileOf(folder), canonicalJson(made), 0o600);
}

/** Removes all that links have on this host, their keys too. @throws HeddleError ERR_NETWORK */
export async function removeLinks(folder: string): Promise<void> {
  if (existsSync(fileOf(folder))) {
    const before = noted(folder);
    // Where the note was spoilt, the interfaces say themselves whose they are.
    for (const made of before ? [before] : await anyMade()) await takeAway(made, folder);
    await removeGuardRoute();
  }
  rmSync(folder, { recursive: true, force: true });
}

async function anyMade(): Promise<Made[]> {
  const names = await ownLinkNames();
  // Links have more than an interface, which may be gone.
  const found = names.length > 0 ? names : ['hwan0'];
  return found.flatMap((name) => linkKindNames.map((kind) => ({ kind, interface: name })));
}

async function takeAway({ kind, interface: name }: Made, folder: string): Promise<void> {
  await linkKinds[kind].tunnel(folder).remove(name);
  await removeLivenessGuard();
  await new Underlay().remove();
}

/** What somebody has spoilt is as good as nothing. */
function noted(folder: string): Made | undefined {
  const file = fileOf(folder);
  if (!existsSync(file)) return undefined;
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Made;
    return linkKindNames.includes(found.kind) && nameRules.interface.test(found.interface)
      ? found
      : undefined;
  } catch {
    return undefined;
  }
}

function fileOf(folder: string): string {
  return path.join(folder, 'made.json');
}
