import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.ts';
import { mutated } from '../../../test/support/mutated.ts';
import { paperNetworking, paperPorts } from '../../../test/support/paper-networking.ts';
import { tries } from '../../../test/support/tries.ts';
import { dockerDoor } from './libnetwork.ts';

const key = { NetworkID: '1'.repeat(64), EndpointID: '2'.repeat(64) };
const gateway = { RequestAddressType: 'com.docker.network.gateway' };
const portmap = [{ Proto: 6, IP: '', Port: 80, HostIP: '127.0.0.1', HostPort: 8080, HostPortEnd: 8080 }];

/** A life of a network, message by message. */
const messages: [string, object][] = [
  [
    'IpamDriver.RequestPool',
    { AddressSpace: 'heddle', Pool: '10.9.0.0/24', SubPool: '10.9.0.0/25', Options: {}, V6: false },
  ],
  ['IpamDriver.RequestAddress', { PoolID: '10.9.0.0/24', Address: '', Options: gateway }],
  [
    'NetworkDriver.CreateNetwork',
    {
      NetworkID: key.NetworkID,
      IPv4Data: [{ AddressSpace: 'heddle', Pool: '10.9.0.0/24', Gateway: '10.9.0.1/24', AuxAddresses: {} }],
      IPv6Data: [],
      Options: { 'com.docker.network.generic': { archetype: 'ip', network: 'lab', mtu: '1400' } },
    },
  ],
  ['IpamDriver.RequestAddress', { PoolID: '10.9.0.0/24', Address: '10.9.0.5', Options: {} }],
  [
    'NetworkDriver.CreateEndpoint',
    {
      ...key,
      Interface: { Address: '10.9.0.5/24', AddressIPv6: '', MacAddress: '02:00:00:00:00:05' },
      Options: { name: 'web', aliases: 'a,b' },
    },
  ],
  ['NetworkDriver.Join', { ...key, SandboxKey: '/x', Options: {} }],
  [
    'NetworkDriver.ProgramExternalConnectivity',
    { ...key, Options: { 'com.docker.network.portmap': portmap } },
  ],
  ['NetworkDriver.EndpointOperInfo', key],
  ['NetworkDriver.RevokeExternalConnectivity', key],
  ['NetworkDriver.Leave', key],
  ['NetworkDriver.DeleteEndpoint', key],
  ['IpamDriver.ReleaseAddress', { PoolID: '10.9.0.0/24', Address: '10.9.0.5' }],
  ['NetworkDriver.DeleteNetwork', { NetworkID: key.NetworkID }],
  ['IpamDriver.ReleasePool', { PoolID: '10.9.0.0/24' }],
];

/** Each with something odd that is said instead, or another method, just before. */
const life = fc.tuple(
  ...messages.map(([method, message]) =>
    fc.tuple(
      fc.oneof({ weight: 9, arbitrary: fc.constant(method) }, anyText),
      fc.oneof({ weight: 8, arbitrary: mutated(message).map((one) => JSON.stringify(one) ?? '') }, anyText),
    ),
  ),
);

test('whatever Docker says at any time is answered as libnetwork has it', async () => {
  await fc.assert(
    fc.asyncProperty(life, async (odd) => {
      const networking = paperNetworking();
      const door = dockerDoor(networking, paperPorts(networking));
      const calls = messages.flatMap(([method, message], index) => [
        odd[index] ?? ['', ''],
        [method, JSON.stringify(message)] as const,
      ]);
      for (const [method, input] of calls) {
        const { code, output } = await door({ args: [method], env: {}, input });
        const answer = JSON.parse(output);
        if (code === 0) expect(answer).not.toHaveProperty('Err');
        else expect(answer.Err).toMatch(code === 2 ? /no method/ : /^ERR_(?!INTERNAL)[A-Z_]+: /);
      }
    }),
    // Fourteen odd messages each.
    tries(720, 10),
  );
});
