import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { networkDifferences } from './resource-differences.ts';

function labWith(options: string) {
  const { networks } = specOf(`
services: { web: { image: nginx, networks: [lab] } }
networks: { lab: { x-heddle: { archetype: ip, options: ${options} } } }
`);
  return networks.find(({ key }) => key === 'lab')!;
}

test('options of an archetype are named when they change, and only then', () => {
  expect(networkDifferences(labWith('{ dhcp: true }'), labWith('{ dhcp: true }'))).toEqual([]);
  expect(networkDifferences(labWith('{ dhcp: true }'), labWith('{ names: false }'))).toEqual([
    'option dhcp changed',
    'option names changed',
  ]);
});
