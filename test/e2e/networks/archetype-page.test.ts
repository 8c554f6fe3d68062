import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Archetype } from '../../../src/networks/standard/archetype.ts';
import { PageSources } from '../../support/archetype-page.ts';
import { networkingSuite, type OpenService } from '../../support/networking-suite.ts';
import { openHere } from '../../support/open-service.ts';
import { Stations } from '../../support/stations.ts';

const sources = new PageSources();
const inSources = (name: string) => path.join(sources.folder, 'src/networks', name);
const { archetypes } = (await import(inSources('archetypes.ts'))) as { archetypes: readonly Archetype[] };
const { macOf } = (await import(inSources('xia/resolve.ts'))) as { macOf: (principal: string) => string };
afterAll(() => sources.remove());

const open = () => openHere('xia', archetypes);

test('what the page shows has the right types', () => {
  const compiler = path.resolve(import.meta.dirname, '../../../node_modules/ts7/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', sources.folder], { stdio: 'inherit' });
});

describe('the archetype of the page', () => {
  networkingSuite({ archetype: 'xia', wrong: { addresses: [['banana']] }, open });
});

describe('its principals', () => {
  const stations = new Stations('xia');
  let opened: OpenService;
  const join = (name: string, ...principals: readonly string[]) =>
    opened.service.endpoints('lab').create({
      name,
      attachment: { kind: 'namespace', path: stations.add(name), interface: 'eth0' },
      options: { principals },
    });
  const leave = async (name: string) => {
    await opened.service.endpoints('lab').delete(name);
    stations.delete(name);
  };
  /** Who gets what `a` sends to a principal. */
  const receivers = async (principal: string, ...those: readonly string[]) => {
    const arrived = await stations.reaches('a', those, 'eth0', macOf(principal));
    return those.filter((_, index) => arrived[index]);
  };

  beforeAll(async () => {
    opened = await open();
    const addresses = [['cid:4711', 'sid:album', 'hid:b']];
    await opened.service.networks.create({ name: 'lab', archetype: 'xia', options: { addresses } });
    for (const name of ['a', 'b', 'c']) await join(name);
  });
  afterAll(async () => {
    for (const { name } of await opened.service.endpoints('lab').list()) await leave(name);
    await opened.service.networks.delete('lab');
    await opened.close();
  });

  test('lead to whoever has them, or else to whoever stands in', async () => {
    expect(await receivers('hid:c', 'b', 'c')).toEqual(['c']);
    expect(await receivers('cid:4711', 'b', 'c')).toEqual(['b']);
    await join('album', 'sid:album');
    expect(await receivers('cid:4711', 'b', 'c', 'album')).toEqual(['album']);
    await join('cache', 'cid:4711');
    expect(await receivers('cid:4711', 'b', 'c', 'album', 'cache')).toEqual(['cache']);
    await leave('cache');
    await leave('album');
    expect(await receivers('cid:4711', 'b', 'c')).toEqual(['b']);
  });
});
