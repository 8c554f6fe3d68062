import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.ts';
import { mutated } from '../../../test/support/mutated.ts';
import { paperNetworking } from '../../../test/support/paper-networking.ts';
import { tries } from '../../../test/support/tries.ts';
import { cniDoor } from './cni.ts';

const configuration = {
  cniVersion: '1.1.0',
  name: 'lab',
  type: 'heddle',
  network: 'lab',
  archetype: 'ip',
  mtu: 1500,
  options: { subnets: [{ subnet: '10.9.0.0/24' }], ipv6: true },
  endpoint: { defaultRoute: true },
  runtimeConfig: {
    ips: ['10.9.0.5/24'],
    mac: '02:00:00:00:00:05',
    aliases: ['db'],
    portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '127.0.0.1' }],
  },
  args: { cni: { ips: ['10.9.0.6'], mac: '02:00:00:00:00:06' } },
  prevResult: {
    cniVersion: '1.1.0',
    interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:07', sandbox: '/x' }],
    ips: [{ address: '10.9.0.5/24', gateway: '10.9.0.1', interface: 0 }],
    routes: [{ dst: '0.0.0.0/0', gw: '10.9.0.1' }],
    dns: { nameservers: ['10.9.0.1'] },
  },
  'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }],
};
const environment = {
  CNI_COMMAND: 'ADD',
  CNI_CONTAINERID: 'c1',
  CNI_NETNS: '/proc/self/ns/net',
  CNI_IFNAME: 'eth0',
  CNI_ARGS: 'IP=10.9.0.7;K8S_POD_NAME=web',
};
const command = fc.constantFrom('ADD', 'DEL', 'GC', 'STATUS', 'VERSION');
const input = fc.oneof(
  { weight: 8, arbitrary: mutated(configuration).map((conf) => JSON.stringify(conf) ?? '') },
  anyText,
);
const env = fc.oneof(
  { weight: 4, arbitrary: command.map((one) => ({ ...environment, CNI_COMMAND: one })) },
  fc.record({
    CNI_COMMAND: fc.oneof(command, anyText),
    CNI_CONTAINERID: anyText,
    CNI_NETNS: anyText,
    CNI_IFNAME: anyText,
    CNI_ARGS: anyText,
  }),
);

test('whatever a runtime says is answered as the specification has it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(env, input), { minLength: 10, maxLength: 10 }), async (calls) => {
      const door = cniDoor(paperNetworking(), 'here');
      for (const [one, conf] of calls) {
        const { code, output } = await door({ args: [], env: one, input: conf });
        if (code === 0) {
          if (output !== '') expect(JSON.parse(output)).toMatchObject({ cniVersion: expect.any(String) });
          continue;
        }
        const said = JSON.parse(output);
        expect(said).toEqual({
          cniVersion: expect.stringMatching(/^\d\.\d\.\d$/),
          code: expect.any(Number),
          msg: expect.any(String),
          details: expect.not.stringContaining('ERR_INTERNAL'),
        });
        expect([1, 4, 6, 7, 50, 101, 102, 103]).toContain(said.code);
      }
    }),
    // Ten messages each.
    tries(1000, 10),
  );
});
