import { expect, test } from 'vitest';
import { linkAddress } from '../../networks/wan/addresses.ts';
import { parseSettings } from '../settings/parse.ts';
import { overLinks } from './site-links.ts';

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
