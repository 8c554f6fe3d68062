import { expect, test } from 'vitest';
import { aliasOf, bridgeName, endpointIn, handedName, isOwnName, portName, serverPortName } from './names.ts';

const id = '0123456789ab';

test.each([
  ...[bridgeName, portName, handedName, serverPortName].map((nameOf) => nameOf(id)),
  ...['hv1', 'hs4094', 'hx12', 'hq1', 'hf255', 'hnode0', 'hnode1', 'hnve'],
])('%s is of Heddle’s own', (name) => {
  expect(isOwnName(name)).toBe(true);
});

test.each(['eth0', 'hv', 'hv12345', 'hnode2', 'hnve0', 'home', 'hbcafe', 'xhnve'])('%s is not', (name) => {
  expect(isOwnName(name)).toBe(false);
});

test('an alias says of which endpoint an interface is, whatever else it says', () => {
  for (const alias of [aliasOf('endpoint', id), aliasOf('endpoint', id, 'lab/web')])
    expect(endpointIn(alias)).toBe(id);
  for (const alias of [aliasOf('network', id, 'lab'), `heddle endpoint ${id}0`, 'shop-db-1 2 veth5'])
    expect(endpointIn(alias)).toBeUndefined();
});
