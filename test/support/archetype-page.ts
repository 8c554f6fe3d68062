import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const page = path.join(root, 'docs/archetypes.md');
const list = 'src/networks/archetypes.ts';

/** The files that the page about archetypes shows, by their paths. */
export function filesOfPage(): ReadonlyMap<string, string> {
  const text = readFileSync(page, 'utf8');
  const found = text.matchAll(/^\*\*`(src\/[\w./-]+)`\*\*\n\n```ts\n(.*?)^```$/gms);
  return new Map([...found].map(([, name = '', code = '']) => [name, code]));
}

/** The sources with what the page adds to them; all other files are the sources' own. */
export class PageSources {
  readonly folder = path.join(root, `.cache/archetype-page-${process.pid}`);

  constructor() {
    const networks = path.join(this.folder, 'src/networks');
    mkdirSync(networks, { recursive: true });
    linkAll(path.join(root, 'src'), path.join(this.folder, 'src'), 'networks');
    linkAll(path.join(root, 'src/networks'), networks, 'archetypes.ts');
    for (const [name, code] of filesOfPage()) {
      const target = path.join(this.folder, name);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, name === list ? withLines(code) : code);
    }
    const own = { extends: '../../tsconfig.json', include: ['src/networks/xia', list] };
    writeFileSync(path.join(this.folder, 'tsconfig.json'), JSON.stringify(own));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

function linkAll(from: string, to: string, except: string): void {
  for (const name of readdirSync(from))
    if (name !== except) symlinkSync(path.join(from, name), path.join(to, name));
}

/** The list as the page has it: its import, and its line in the place of the one that is there. */
function withLines(code: string): string {
  const [added = '', line = ''] = code.split('\n\n');
  const before = readFileSync(path.join(root, list), 'utf8');
  const [there = ''] = /^export const archetypes.*$/m.exec(before) ?? [];
  if (there.replace('];', ', xia];') !== line.trim())
    throw new Error(`the page says ${line.trim()}, and the sources say ${there}`);
  return `${added}\n${before.replace(there, line.trim())}`;
}
