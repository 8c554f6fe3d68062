import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { linkAddress } from '../../networks/wan/addresses.ts';
import { linkKey } from '../../networks/wan/link-end.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import { parseSettings } from '../settings/parse.ts';
import { forgetLinks, overLinks } from './site-links.ts';

const settings = (uplink: string, options = '{}') =>
  parseSettings(
    `name: a
site: berlin
wan: { uplinks: [{ interface: eth1 }] }
edge: { driver: vxlan, uplink: ${uplink}, options: ${options} }
state: { etcd: { endpoints: ['http://192.0.2.9:2379'] } }`,
    'node.yaml',
  ).settings;

test('an edge over links is found at the node’s address there, unless another was said', () => {
  expect(overLinks(settings('hwan0'))?.options).toEqual({ local: linkAddress('a') });
  expect(overLinks(settings('hwan0', '{ local: fd00::1 }'))?.options).toEqual({ local: 'fd00::1' });
  expect(overLinks(settings('eth1'))?.options).toEqual({});
});

test('a node whose settings ask for no links any more is nobody’s end of one', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-site-'));
  const shared = openSqliteManager(path.join(folder, 'shared.db'));
  onTestFinished(async () => {
    await shared.close();
    rmSync(folder, { recursive: true });
  });
  for (const node of ['a', 'b']) await shared.commit([], [{ key: linkKey(node), value: {} }]);
  await forgetLinks(shared, 'a');
  await forgetLinks(shared, 'a');
  expect((await shared.list('links/')).entries.map(({ key }) => key)).toEqual(['links/b']);
});
