import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.ts';
import { mutated } from '../../../test/support/mutated.ts';
import { paperNetworking, paperPorts } from '../../../test/support/paper-networking.ts';
import { tries } from '../../../test/support/tries.ts';
import { netavarkDoor } from './netavark.ts';

const network = {
  id: 'a'.repeat(64),
  name: 'lab',
  driver: 'heddle',
  internal: false,
  ipv6_enabled: true,
  dns_enabled: false,
  options: { archetype: 'ip', mtu: '1400', network: 'lab' },
  ipam_options: { driver: 'host-local' },
  subnets: [{ subnet: '10.9.0.0/24', gateway: '10.9.0.1' }],
};
const execution = {
  container_id: 'b'.repeat(64),
  container_name: 'web',
  port_mappings: [{ container_port: 80, host_ip: '127.0.0.1', host_port: 8080, protocol: 'tcp', range: 2 }],
  network,
  network_options: {
    interface_name: 'eth0',
    aliases: ['shop'],
    static_ips: ['10.9.0.9'],
    static_mac: '02:00:00:00:00:09',
    options: { defaultRoute: 'true' },
  },
};
const namespace = fc.oneof(fc.constant('/proc/self/ns/net'), anyText);
const json = (message: unknown) => mutated(message).map((one) => JSON.stringify(one) ?? '');
const call = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant(['create']), json(network)) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.tuple(fc.constantFrom('setup', 'teardown'), namespace), json(execution)),
  },
  fc.tuple(fc.array(anyText, { maxLength: 4 }), anyText),
);

test('whatever netavark says is answered as its plugin API has it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 10, maxLength: 10 }), async (calls) => {
      const networking = paperNetworking();
      const door = netavarkDoor(networking, paperPorts(networking));
      for (const [args, input] of calls) {
        const { code, output } = await door({ args, env: {}, input });
        if (code === 0) {
          if (output !== '') expect(JSON.parse(output)).toBeTypeOf('object');
          continue;
        }
        expect(JSON.parse(output)).toEqual({ error: expect.stringMatching(/^ERR_(?!INTERNAL)[A-Z_]+: /) });
      }
    }),
    // Ten messages each.
    tries(1000, 10),
  );
});
