import { expect, test } from 'vitest';
import { application, errors, load, web, webErrors } from '../memory-files.ts';
import { renderConfig } from '../render.ts';

const services = 'services: { web: { image: a }, db: { image: b } }\n';

test('a service is a function when its owner says so, shared unless it is one for each replica', () => {
  expect(web('').function).toBeUndefined();
  expect(web('x-heddle: { function: wire }').function).toEqual({ mode: 'wire', per: 'service', probe: [] });
  expect(
    web('x-heddle: { function: { mode: proxy, per: replica, probe: [icmp, tcp/80, udp/53] } }').function,
  ).toEqual({
    mode: 'proxy',
    per: 'replica',
    probe: [{ protocol: 'icmp' }, { protocol: 'tcp', port: 80 }, { protocol: 'udp', port: 53 }],
  });
});

test('hooks are commands where a list is written, ten seconds long unless they say otherwise', () => {
  const hooks = (written: string) =>
    web(`x-heddle: { function: { mode: wire, hooks: { ${written} } } }`).function?.hooks;
  expect(
    hooks('configure: [m, c], stop: { command: [m], timeout: 1m30s }, heal: { http: { port: 81 } }'),
  ).toEqual({
    configure: { command: ['m', 'c'], timeout: 10_000 },
    stop: { command: ['m'], timeout: 90_000 },
    heal: { http: { port: 81, path: '/heal' }, timeout: 10_000 },
  });
  expect(hooks('start: { http: { port: 81, path: /x } }')).toEqual({
    start: { http: { port: 81, path: '/x' }, timeout: 10_000 },
  });
});

test('a later file says a hook anew, not more words of it', () => {
  const file = (words: string) =>
    `services: { web: { image: a, x-heddle: { function: { mode: wire, hooks: { stop: [${words}] } } } } }`;
  const files = { 'compose.yaml': file('a, b'), 'compose.override.yaml': file('c') };
  expect(application(files).services['web']?.function?.hooks?.stop).toMatchObject({ command: ['c'] });
});

test.each([
  ['stop: manager --stop', 'expected'],
  ['stop: []', 'expected a program'],
  ['stop: {}', 'expected either `command` or `http`'],
  ['stop: { command: [a], http: { port: 1 } }', 'expected either `command` or `http`'],
  ['stop: { http: { port: 0 } }', 'stop.http.port: expected a port of 1 to 65535'],
  ['stop: { command: [] }', 'stop.command: expected a program'],
  ['stop: { http: { port: 1, path: x } }', 'expected a path'],
  ['stop: { command: [a], timeout: 11m }', 'at most 10m'],
  ['stopp: [a]', 'did you mean "stop"?'],
])('hooks: { %s } is refused', (written, why) => {
  const found = webErrors(`x-heddle: { function: { mode: wire, hooks: { ${written} } } }`);
  expect(found).toEqual([expect.stringContaining('services.web.x-heddle.function.hooks')]);
  expect(found[0]).toContain(why);
});

test('chains are as they are written, closed where nothing is said of failures, and of all ports', () => {
  expect(application(services).chains).toEqual([]);
  const text = `${services}x-heddle: { chains: [
    { name: a, from: web, to: db, through: [fw, { firewall: { ingress: deny } }, { firewall: true }] },
    { name: b, from: outside, to: web, match: { ports: [80, 8000-8010/tcp, 53/udp] }, through: [fw], onFailure: open }] }`;
  expect(application(text).chains).toEqual([
    {
      name: 'a',
      from: 'web',
      to: 'db',
      ports: [],
      through: [
        'fw',
        { feature: 'firewall', parameters: { ingress: 'deny' } },
        { feature: 'firewall', parameters: {} },
      ],
      onFailure: 'closed',
    },
    {
      name: 'b',
      from: 'outside',
      to: 'web',
      ports: [
        { protocol: 'tcp', from: 80, to: 80 },
        { protocol: 'tcp', from: 8000, to: 8010 },
        { protocol: 'udp', from: 53, to: 53 },
      ],
      through: ['fw'],
      onFailure: 'open',
    },
  ]);
});

const file = (chains: string) => `${services}x-heddle: { chains: [${chains}] }`;
const a = '{ name: a, from: web, to: db, through: [fw] }';
const b = '{ name: b, from: db, to: web, through: [fw] }';

test('a later file says anew what a chain is, and adds others', () => {
  const override = file(`{ name: a, from: web, to: db, through: [ids] }, ${b}`);
  const { chains } = application({ 'compose.yaml': file(a), 'compose.override.yaml': override });
  expect(chains.map(({ name, through }) => [name, through])).toEqual([
    ['a', ['ids']],
    ['b', ['fw']],
  ]);
});

test('a later file that says one chain twice says two, which an error is of', () => {
  const override =
    'x-heddle: { chains: [{ name: a, from: db, to: web, through: [x] }, { name: a, from: db, to: web, through: [y] }] }';
  const { chains } = application({ 'compose.yaml': file(a), 'compose.override.yaml': override });
  expect(chains.map(({ name, through }) => [name, through])).toEqual([
    ['a', ['x']],
    ['a', ['y']],
  ]);
});

test('chains of included files are chains of the whole, once however often the file is included', () => {
  const { chains } = application({
    'compose.yaml': `include: [one.yaml, two.yaml]\n${file(a)}`,
    'one.yaml': 'include: [both.yaml]\nservices: { one: { image: x } }',
    'two.yaml': 'include: [both.yaml]\nservices: { two: { image: x } }',
    'both.yaml': file(b),
  });
  expect(chains.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('config prints functions and chains in their long form, which can be read again', () => {
  const text = `${services.replace('image: b', 'image: b, x-heddle: { function: wire }')}x-heddle: { chains: [${a}] }`;
  const printed = renderConfig(load(text), { showSecrets: false, format: 'yaml' });
  expect(printed).toContain('function:\n        mode: wire');
  expect(application(printed).chains).toEqual(application(text).chains);
  expect(application(printed).services['db']?.function).toEqual({ mode: 'wire', per: 'service', probe: [] });
});

test.each([
  ['{ name: a, from: web, to: db }', 'x-heddle.chains[0].through: expected a list of functions'],
  ['{ from: web, to: db, through: [fw] }', 'x-heddle.chains[0].name: text is missing'],
  ['{ name: a, from: web, to: db, throuhg: [fw], through: [fw] }', 'did you mean "through"?'],
  ['a', 'x-heddle.chains[0]: expected a map, got "a"'],
])('what is no chain is refused where it stands: %s', (chain, message) => {
  expect(errors(file(chain)).join('\n')).toContain(message);
});
