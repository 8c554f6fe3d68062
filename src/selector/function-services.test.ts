import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import type { SelectOptions } from './select.ts';

const refusal = (service: string, options: SelectOptions = {}) => {
  try {
    specOf(`services:\n  web: { image: w }\n  fw: { image: f, ${service} }\n`, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};
const wire = 'x-heddle: { function: wire }';
const beside = 'x-heddle: { function: { mode: wire, per: replica } }';

test.each([
  [`${wire}, scale: 17`, 'services.fw.scale: fw has from 1 to 16 instances, and not 17'],
  [
    `${wire}, scale: 9, deploy: { update_config: { order: start-first } }`,
    'services.fw.scale: fw has at most 8 instances with `order: start-first`, and not 9',
  ],
  [`${wire}, deploy: { replicas: 0 }`, 'services.fw.scale: fw has from 1 to 16 instances, and not 0'],
  [
    'x-heddle: { function: route }, scale: 2',
    'services.fw.scale: fw has one instance, and not 2: with `mode: route` what comes back may bear other addresses',
  ],
  [`${beside}, scale: 2`, 'services.fw.scale: fw has one instance for each pod that is led, and not 2'],
  [`${wire}, network_mode: host`, 'services.fw.network_mode: no traffic can be led through fw'],
  [`${wire}, network_mode: "service:web"`, '(network_mode: service:web)'],
  [
    'x-heddle: { function: wire, manage: { firewall: true } }',
    'services.fw.x-heddle.manage.firewall: fw is a network function itself',
  ],
  [
    'x-heddle: { function: { mode: wire, per: replica }, manage: { flows: true } }',
    'services.fw.x-heddle.manage.flows: with `per: replica` fw has no pods of its own that flows could watch',
  ],
  [`${beside}, container_name: one`, 'services.fw.container_name: with `per: replica`'],
  [`${beside}, ports: ["80:80"]`, 'services.fw.ports: with `per: replica`'],
  [
    `${beside}, networks: { default: { ipv4_address: 10.0.0.2 } }`,
    'services.fw.networks: with `per: replica`',
  ],
])('a function cannot be so: %s', (service, message) => {
  const said = refusal(service);
  expect(said).toContain(`error ERR_CHAIN_IMPOSSIBLE: `);
  expect(said).toContain(message);
  expect(said).toMatch(/^compose\.yaml:3:\d+: /);
});

test.each(['depends_on: [ids]', 'network_mode: "service:ids"', 'volumes_from: [ids]'])(
  'nobody depends on a function that has no pods of its own: %s',
  (how) => {
    const text = `services:\n  ids: { image: i, ${beside} }\n  web: { image: w, ${how} }\n`;
    expect(() => specOf(text)).toThrow(
      /^compose\.yaml:3:\d+: error ERR_CHAIN_IMPOSSIBLE: services\.web\.depends_on\.ids: /,
    );
  },
);

test('nor from the command line', () => {
  expect(refusal(wire, { scale: { fw: 17 } })).toContain('services.fw.scale: fw has from 1 to 16 instances');
  expect(refusal(wire, { scale: { fw: 3 } })).toBe('accepted');
});

test.each([
  'x-heddle: { function: wire, manage: { flows: true } }',
  'x-heddle: { function: { mode: wire, probe: [icmp, tcp/80, udp/53] } }',
  `${wire}, deploy: { replicas: 3 }`,
  'x-heddle: { function: { mode: wire, drain: 5m } }, scale: 16',
  'x-heddle: { function: route }',
  'x-heddle: { function: { mode: proxy, port: 10080 } }',
  'x-heddle: { function: { mode: wire, per: service } }, ports: ["8080:80"]',
])('a function may be so: %s', (service) => {
  expect(refusal(service)).toBe('accepted');
});

test('a proxy says where it listens, and nobody else does', () => {
  expect(refusal('x-heddle: { function: proxy }')).toContain(
    'services.fw.x-heddle.function: a proxy is given connections at the port that its program listens at, and none is said',
  );
  expect(refusal('x-heddle: { function: { mode: route, port: 80 } }')).toContain(
    'services.fw.x-heddle.function.port: with `mode: route` no program is given connections',
  );
  expect(refusal('x-heddle: { function: { mode: proxy, port: 0 } }')).toContain(
    'expected a port of 1 to 65535',
  );
});

test.each([
  [
    'x-heddle: { function: { per: replica } }',
    'services.fw.x-heddle.function.mode: expected wire or route or proxy, got nothing',
  ],
  [
    'x-heddle: { function: wired }',
    'services.fw.x-heddle.function.mode: expected wire or route or proxy, got "wired"',
  ],
  [
    'x-heddle: { function: { mode: wire, probe: [80/tcp] } }',
    'expected icmp, tcp/PORT or udp/PORT, got "80/tcp"',
  ],
  [
    'x-heddle: { function: { mode: wire, probe: [tcp/0] } }',
    'expected icmp, tcp/PORT or udp/PORT, got "tcp/0"',
  ],
  ['x-heddle: { function: { mode: wire, pre: replica } }', 'did you mean "per"?'],
])('what is no function is refused: %s', (service, message) => {
  expect(refusal(service)).toContain(message);
});

test('a function forwards between its own networks only as its owner says', () => {
  const forwardOf = (service: string) => {
    const { pods } = specOf(`services: { fw: { image: f, ${service} } }`);
    const [pod] = pods;
    return pod?.sandbox.kind === 'own' ? pod.sandbox.sysctls['net.ipv4.ip_forward'] : undefined;
  };
  expect(forwardOf(wire)).toBe('0');
  expect(forwardOf(`${wire}, sysctls: { net.ipv4.ip_forward: 1 }`)).toBe('1');
});
