import { expect, test } from 'vitest';
import { paperNetworking, paperPorts } from '../../test/support/paper-networking.ts';
import { cniDoor } from './cni/cni.ts';
import { jsonIn } from './json.ts';
import { dockerDoor } from './libnetwork/libnetwork.ts';
import { netavarkDoor } from './netavark/netavark.ts';

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

test('JSON is read to a depth', () => {
  expect(jsonIn('7')).toEqual({ value: 7 });
  expect(jsonIn('null')).toEqual({ value: null });
  expect(jsonIn(nested(64))).toBeDefined();
  expect(jsonIn(nested(65))).toBeUndefined();
  expect(jsonIn(`${'['.repeat(500_000)}${']'.repeat(500_000)}`)).toBeUndefined();
  for (const text of ['', '{', '['.repeat(500_000), '{"a":1}x']) expect(jsonIn(text)).toBeUndefined();
});

test.each([65, 100_000])('what nests %i deep is refused at every door, in its own words', async (levels) => {
  const networking = paperNetworking();
  const ports = paperPorts(networking);
  await networking.networks.create({ name: 'lab', archetype: 'ip' });
  const deep = nested(levels);
  const env = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'c',
    CNI_NETNS: '/proc/self/ns/net',
    CNI_IFNAME: 'eth0',
  };
  for (const key of ['endpoint', 'prevResult', 'else']) {
    const input = `{"cniVersion":"1.0.0","name":"lab","${key}":${deep}}`;
    const { code, output } = await cniDoor(networking, 'here')({ args: [], env, input });
    expect([code, JSON.parse(output).code], key).toEqual([1, 6]);
  }
  const create = { args: ['create'], env: {}, input: `{"id":"a","name":"m","driver":"h","x":${deep}}` };
  expect((await netavarkDoor(networking, ports)(create)).output).toContain('ERR_RESOURCE_INVALID');
  const docker = dockerDoor(networking, ports);
  for (const input of [
    deep,
    JSON.stringify({
      NetworkID: 'a',
      Options: { 'com.docker.network.generic': { subnets: deep.slice(0, 65_000) } },
    }),
  ])
    expect((await docker({ args: ['NetworkDriver.CreateNetwork'], env: {}, input })).output).toContain(
      'ERR_RESOURCE_INVALID',
    );
});
