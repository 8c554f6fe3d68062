import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';

const services = `
services:
  web: { image: a, networks: [front] }
  job: { image: a, networks: [back] }
  db: { image: b, networks: [front, back] }
  odd: { image: b, network_mode: host }
  near: { image: b, network_mode: "service:web" }
  far: { image: b, networks: [flat] }
  deep: { image: b, networks: [inner] }
  both: { image: b, networks: [front, both] }
  asleep: { image: b, profiles: [night], networks: [front] }
  fw: { image: f, x-heddle: { function: wire } }
  dozing: { image: f, profiles: [night], x-heddle: { function: wire } }
  early: { image: f, depends_on: [web], x-heddle: { function: wire } }
  hasty: { image: f, depends_on: [late], x-heddle: { function: wire } }
  ids: { image: i, x-heddle: { function: { mode: wire, per: replica } } }
  late: { image: i, depends_on: [job], x-heddle: { function: wire } }
networks: { front: {}, back: {}, both: {}, flat: { driver: macvlan }, inner: { internal: true } }
x-heddle:
  chains:
`;
/** The message for a chain, parts of which are written otherwise. */
const refusal = (parts: Record<string, string>, ...others: string[]) => {
  const written = { name: 'c', from: 'web', to: 'db', through: '[fw]', ...parts };
  const text = Object.entries(written).map(([key, value]) => `${key}: ${value}`);
  try {
    specOf(`${services}    - { ${text.join(', ')} }\n${others.map((other) => `    - ${other}\n`).join('')}`);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

test.each<[Record<string, string>, string, string?]>([
  [{ through: '[]' }, 'ERR_COMPOSE_TYPE: x-heddle.chains[0].through: expected one function or more'],
  [{ through: '[fw, fw]' }, 'ERR_CHAIN_IMPOSSIBLE: x-heddle.chains.0.through.1: fw is its own neighbour'],
  [{ through: '[fw, ids, fw]' }, 'chains.0.through.2: fw stands in it already: a chain with a loop'],
  [
    { through: '[{ firewall: true }, fw, { firewall: { ingress: deny } }]' },
    'through.2: firewall stands in it already',
  ],
  [{ through: '[web]' }, 'through.0: web is an end of this chain', 'take it out'],
  [{ from: 'fw' }, 'chains.0.from: fw is a network function, and no end of a chain', 'under `through`'],
  [{ to: 'fw', through: '[ids]' }, 'chains.0.to: fw is a network function, and no end'],
  [{ through: '[job]' }, 'through.0: the service job is no network function', 'x-heddle: { function: wire }'],
  [
    { through: '[fv]' },
    'ERR_UNKNOWN_REFERENCE: x-heddle.chains.0.through.0: there is no service "fv"',
    '"fw"',
  ],
  [{ through: '[{ nat: {} }]' }, 'ERR_FEATURE_PARAMETER: x-heddle.chains.0.through.0.nat: changes nothing'],
  [
    { match: '{ ports: [8080/tcp] }', through: '[{ nat: { ports: ["8080:80"] } }]' },
    'ERR_CHAIN_IMPOSSIBLE: x-heddle.chains.0.through.0.nat.ports.0: what comes for 8080/tcp and is answered by 80/tcp',
    'match: { ports: [8080/tcp, 80/tcp] }',
  ],
  [
    { from: 'db', to: 'outside', through: '[{ nat: { ports: ["8080:80"] } }]' },
    'through.0.nat.ports.0: ports are those of a service that is connected to, and db connects itself',
  ],
  [
    { through: '[{ nat: { source: gateway } }]' },
    'through.0.nat.source: hides behind the gateway of the network who comes through it',
    'from: outside',
  ],
  [{ through: '[dozing]' }, 'through.0: the service "dozing" is not active', '--profile'],
  [{ through: '[firewall]' }, 'there is no service "firewall"', 'write { firewall: { … } }'],
  [
    { through: '[{ firewal: true }]' },
    'ERR_FEATURE_UNKNOWN: x-heddle.chains.0.through.0.firewal',
    '"firewall"',
  ],
  [{ through: '[{ flows: true }]' }, 'through.0.flows: flows is nothing that traffic passes'],
  [
    { through: '[{ firewall: { ingres: deny } }]' },
    'ERR_FEATURE_PARAMETER: x-heddle.chains.0.through.0.firewall.ingres: no such parameter',
    '"ingress"',
  ],
  [
    { through: '[{ firewall: { ingress: [{ from: [nobody] }] } }]' },
    'chains.0.through.0.firewall.ingress.0.from.0: "nobody" is neither',
  ],
  [{ through: '[{ firewall: true, flows: true }]' }, 'chains[0].through[0]: expected one feature'],
  [{ through: '[{ firewall: false }]' }, 'expected true, or a map of parameters'],
  [
    { from: 'wbe' },
    'ERR_UNKNOWN_REFERENCE: x-heddle.chains.0.from: there is no service or network "wbe"',
    '"web"',
  ],
  [{ to: 'backk' }, 'chains.0.to: there is no service or network "backk"', '"back"'],
  [{ from: 'outsid' }, 'there is no service or network "outsid"', '"outside"'],
  [{ from: 'asleep' }, 'the service "asleep" is not active', '--profile'],
  [{ from: 'both' }, '"both" is a service and a network: which of them', 'rename'],
  [{ from: 'db' }, 'chains.0: it leads from db to itself'],
  [{ from: 'front', to: 'outside' }, 'neither front nor outside is one', 'name a service'],
  [{ from: 'job', to: 'web' }, 'chains.0: web and job are on no common network'],
  [{ from: 'back', to: 'web' }, 'chains.0: web is not on the network back'],
  [{ from: 'outside', to: 'deep' }, 'deep is on no network that has a way to the outside'],
  [{ from: 'front', to: 'odd' }, "not odd's own (network_mode: host)"],
  [{ from: 'db', to: 'near' }, "not near's own (network_mode: service:web)"],
  [
    { from: 'flat', to: 'far' },
    'the chain c cannot stand in the path of far on the network flat, whose driver is macvlan',
    'or remove the chain',
  ],
  [{ match: '{ ports: [80/sctp] }' }, 'match.ports[0]: expected a port or a range of ports of tcp or udp'],
  [
    { match: '{ ports: [] }' },
    'match.ports: expected one port or more: without `match` a chain is of everything',
  ],
  [{ match: '{ ports: [icmp] }' }, 'match.ports[0]: expected a port'],
  [{ match: '{ ports: [90-80/tcp] }' }, 'match.ports[0]: expected a port'],
  [{ match: '{ ports: [0/tcp] }' }, 'match.ports[0]: expected a port'],
  [{ match: '{ prots: [80/tcp] }' }, 'ERR_COMPOSE_UNKNOWN_KEY', '"ports"'],
  [{ onFailure: 'opne' }, 'chains[0].onFailure: expected closed or open'],
  [{ name: '../x' }, 'chains[0].name: expected a name'],
  [
    { through: `[${Array.from({ length: 17 }, (_, i) => `f${i}`).join(', ')}]` },
    'expected at most 16 functions',
  ],
  [
    { from: 'db', to: 'job', through: '[late]' },
    'ERR_DEPENDENCY_CYCLE: x-heddle.chains.0.through.0: late waits for job (depends_on), whose traffic has to pass it',
  ],
  [
    { through: '[early]' },
    'ERR_DEPENDENCY_CYCLE: x-heddle.chains.0.through.0: early waits for web (depends_on), which a chain is with',
    'depend on no end of a chain',
  ],
])('%o is refused where it stands', (parts, message, hint = '') => {
  const said = refusal(parts);
  expect(said).toContain(message);
  expect(said).toContain(hint);
  expect(said).toMatch(/^compose\.yaml:2[12]:\d+: error/);
});

test.each([
  ['{ name: d, from: web, to: db, through: [ids] }', {}],
  ['{ name: d, from: front, to: db, through: [ids] }', {}],
  [
    '{ name: d, from: front, to: db, match: { ports: [81/udp, 70-90/tcp] }, through: [ids] }',
    { match: '{ ports: [80] }' },
  ],
  ['{ name: d, from: db, to: back, through: [ids] }', { from: 'back', match: '{ ports: [80/tcp] }' }],
  [
    '{ name: d, from: db, to: front, match: { ports: [80/tcp] }, through: [fw] }',
    { match: '{ ports: [81/tcp] }' },
  ],
  [
    '{ name: d, from: db, to: outside, match: { ports: [80/tcp] }, through: [fw] }',
    { from: 'outside', match: '{ ports: [81/tcp] }' },
  ],
])('two chains that claim one path are refused, both places named: %s', (other, parts) => {
  const said = refusal(parts as Record<string, string>, other);
  expect(said).toContain(
    'ERR_CHAIN_IMPOSSIBLE: x-heddle.chains.1: d claims traffic of db that c claims, too',
  );
  expect(said).toMatch(/compose\.yaml:22:\d+: error.*compose\.yaml:21\)/s);
});

test.each([
  ['{ name: d, from: back, to: db, through: [fw] }', {}],
  ['{ name: d, from: outside, to: db, through: [fw] }', {}],
  [
    '{ name: d, from: front, to: db, match: { ports: [80/udp, 81/tcp] }, through: [fw] }',
    { match: '{ ports: [80/tcp] }' },
  ],
  ['{ name: d, from: db, to: web, through: [fw] }', {}],
])('chains that share no packet stand beside each other: %s', (other, parts) => {
  expect(refusal(parts as Record<string, string>, other)).toBe('accepted');
});

test('a function may not wait for an end of any chain: none of them starts before the functions of all stand', () => {
  expect(refusal({}, '{ name: d, from: back, to: job, through: [hasty] }')).toContain(
    'x-heddle.chains.1.through.0: hasty waits for job (depends_on), whose traffic has to pass it',
  );
  expect(refusal({}, '{ name: d, from: inner, to: deep, through: [early] }')).toContain(
    'x-heddle.chains.1.through.0: early waits for web (depends_on), which a chain is with',
  );
  expect(refusal({ from: 'front', to: 'db', through: '[early]' })).toBe('accepted');
});

test('what carries no IP is routed by nobody', () => {
  const text = (mode: string) => `
services:
  db: { image: b, networks: [mute] }
  fn: { image: f, x-heddle: { function: ${mode} } }
networks: { mute: { x-heddle: { archetype: etarch } } }
x-heddle: { chains: [{ name: c, from: mute, to: db, through: [fn] }] }
`;
  expect(() => specOf(text('route'))).toThrow(
    /compose\.yaml:6:\d+: error ERR_CHAIN_IMPOSSIBLE: x-heddle\.chains\.0\.through\.0: fn routes packets of IP, and db is on mute, which carries none .*mode: wire/,
  );
  expect(() => specOf(text('wire'))).not.toThrow(/fn routes/);
});

test('no two chains have one name', () => {
  expect(refusal({}, '{ name: c, from: back, to: db, through: [fw] }')).toMatch(
    /compose\.yaml:22:\d+: error ERR_CHAIN_IMPOSSIBLE: x-heddle\.chains\.1\.name: another chain is called c, too \(compose\.yaml:21\)/,
  );
});

test('one pod is led through so many chains, and no more', () => {
  const others = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => `{ name: c${i}, from: web, to: db, match: { ports: [${i + 2}/tcp] }, through: [fw] }`,
    );
  expect(refusal({ match: '{ ports: [1/tcp] }' }, ...others(63))).toBe('accepted');
  expect(refusal({ match: '{ ports: [1/tcp] }' }, ...others(64))).toContain(
    'ERR_COMPOSE_LIMIT: x-heddle.chains.64: at db there are 65 chains, and at most 64 can be',
  );
});
