import { hostname, release } from 'node:os';
import { expect, test } from 'vitest';
import { isHere } from './location.ts';

const named = (name: string) => ({ info: async () => ({ Name: name }) });
const never = {
  info: () => {
    throw new Error('asked');
  },
};

test.each([
  ['a socket, with this kernel', never, 'unix:///run/docker.sock', release(), true],
  ['a socket that leads into a virtual machine', never, 'unix:///run/docker.sock', '6.10.14-linuxkit', false],
  ['a socket of an engine that says no kernel', never, 'unix:///run/docker.sock', undefined, true],
  ['this host over TCP', named(hostname()), 'tcp://127.0.0.1:2375', release(), true],
  ['another host with the same kernel', named('elsewhere'), 'tcp://10.0.0.1:2375', release(), false],
])('%s', async (_, api, endpoint, kernel, expected) => {
  expect(await isHere(api, endpoint, kernel)).toBe(expected);
});
