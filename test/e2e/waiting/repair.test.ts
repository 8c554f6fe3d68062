import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../../src/lib/log.ts';
import { archetypes } from '../../../src/networks/archetypes.ts';
import { localServices } from '../../../src/networks/local-services.ts';
import type { ArchetypeService } from '../../../src/networks/standard/service.ts';
import { Look } from '../../../src/node/networking/look.ts';
import { openSqliteManager } from '../../../src/state/sqlite-manager.ts';
import { answered, makeNamespace, reaches, removeNamespaces } from '../../support/endpoints.ts';
import { until } from '../../support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

let folder: string;
let look: Look;
let networks: ArchetypeService;
let bridge: string;
let port: string;
let address: string;
let looks = 0;

/** Without its length: `10.160.0.2`. */
function firstOf(observed: unknown): string {
  const [first = ''] = (observed ?? []) as readonly string[];
  return first.split('/')[0] ?? '';
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-repair-'));
  chmodSync(folder, 0o755);
  const folderOf = (name: string) => {
    mkdirSync(`${folder}/${name}`, { recursive: true });
    return `${folder}/${name}`;
  };
  const services = localServices(archetypes, openSqliteManager(`${folder}/networks.db`), folderOf);
  networks = services.get('ip')!;
  const linux = services.get('linux')!;
  const reconcile = linux.reconcile.bind(linux);
  linux.reconcile = () => {
    looks++;
    return reconcile();
  };
  // Hours apart: what is mended is so because it was seen.
  look = new Look(services, createLog('error'), { every: 10_000_000 });
  look.start();
  bridge = String(
    (await networks.networks.create({ name: 'lab', archetype: 'ip' })).status.observed['interface'],
  );
  for (const name of ['a', 'b']) {
    const attachment = { kind: 'namespace', path: makeNamespace(name), interface: 'eth0' } as const;
    const { status } = await networks.endpoints('lab').create({ name, attachment });
    port = String(status.observed['port']);
    address = firstOf(status.observed['addresses']);
  }
});

afterAll(async () => {
  await look.stop();
  for (const name of ['a', 'b']) await networks.endpoints('lab').delete(name);
  for (const { name } of await networks.networks.list()) await networks.networks.delete(name);
  removeNamespaces();
  rmSync(folder, { recursive: true });
});

test.each([
  ['a bridge that was deleted', () => ip('link', 'del', bridge)],
  ['the link of an endpoint that was deleted', () => ip('link', 'del', port)],
  ['a port that was taken off its bridge', () => ip('link', 'set', port, 'nomaster')],
  ['a port that was set down', () => ip('link', 'set', port, 'down')],
])('%s by hand is back, whenever the next look is', async (what, harm) => {
  expect(await answered('a', address)).toBe(3);
  harm();
  const took = await until('they reach each other again', () => reaches('a', address));
  console.log(`${what}: ${Math.round(took)} ms`);
});

/** Whether nothing is looked at for longer than a repair waits for more to come: that nothing comes, only time can tell. */
async function isQuiet(): Promise<boolean> {
  const before = looks;
  await sleep(1500);
  return looks === before;
}

test('what Heddle makes itself makes no look due', async () => {
  await until('no repair is under way', isQuiet);
  const before = looks;
  for (let index = 0; index < 10; index++)
    await networks.networks.create({ name: `more${index}`, archetype: 'ip' });
  await isQuiet();
  expect(looks).toBe(before);
});
