import { expect, test } from 'vitest';
import { application, errors, load, webFile } from './memory-files.ts';
import { renderConfig } from './render.ts';

const TEXT = webFile(
  `
command: echo $$HOME
ports: ["8080:80"]
environment: { MYSQL_PASSWORD: hunter2, API_KEY: k, KEY_FILE: /run/k, URL: "postgres://me:pw@db/x", PLAIN: p }
configs: [c]
secrets: [s]
x-heddle: { manage: { snmp: { community: public, version: 3 } } }`,
  `configs: { c: { content: hello } }
secrets: { s: { environment: S } }
networks: { unused: }
x-other: { a: 1 }`,
);

const leftOut = '${HEDDLE_LEFT_OUT:?a secret was left out here; `heddle config --show-secrets` prints it}';

const render = (showSecrets: boolean, format: 'yaml' | 'json' = 'yaml') =>
  renderConfig(load(TEXT, { env: { S: 'secret' } }), { showSecrets, format });

test('as docker compose config prints it, without secrets', () => {
  expect(render(false)).toBe(`name: app
services:
  web:
    command:
      - echo
      - $$HOME
    configs:
      - source: c
    environment:
      API_KEY: ${leftOut}
      KEY_FILE: /run/k
      MYSQL_PASSWORD: ${leftOut}
      PLAIN: p
      URL: postgres://me:${leftOut}@db/x
    image: nginx
    networks:
      default: null
    ports:
      - mode: ingress
        protocol: tcp
        published: "8080"
        target: 80
    secrets:
      - source: s
    x-heddle:
      manage:
        snmp:
          community: ${leftOut}
          version: 3
networks:
  default:
    name: app_default
configs:
  c:
    content: hello
    name: app_c
secrets:
  s:
    environment: S
    name: app_s
x-other:
  a: 1
`);
});

test('with secrets on request', () => {
  for (const secret of ['hunter2', ':pw@', 'public']) {
    expect(render(true)).toContain(secret);
    expect(render(false)).not.toContain(secret);
  }
});

test('what was printed can be read again, and gives the same', () => {
  const printed = render(true);
  expect(renderConfig(load(printed, { env: { S: 'x' } }), { showSecrets: true, format: 'yaml' })).toBe(
    printed,
  );
});

test('JSON says the same', () => {
  expect(JSON.parse(render(true, 'json'))).toMatchObject({
    name: 'app',
    services: { web: { image: 'nginx' } },
  });
});

test('what was printed without secrets is refused where one was left out, and gives the same otherwise', () => {
  expect(errors(render(false))).toContain(
    'compose.yaml:10:16: error ERR_INTERPOLATION: services.web.environment.API_KEY: the variable HEDDLE_LEFT_OUT is required: a secret was left out here; `heddle config --show-secrets` prints it',
  );
  const config = webFile('configs: [c]', 'configs: { c: { content: "level=7 $$1 password=x" } }');
  const printed = renderConfig(load(config), { showSecrets: false, format: 'yaml' });
  expect(application(printed)).toEqual(application(config));
});

test('no character that acts on a terminal is printed, and each is read again', () => {
  const text = webFile(
    'environment: { A: "\\e[31m\\x9b\\x7f\\u202e", C: "two\\nlines" }\nlabels: { "\\x9bB": x }',
  );
  const printed = renderConfig(load(text), { showSecrets: true, format: 'yaml' });
  expect(printed).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  expect(application(printed)).toEqual(application(text));
});

test('what older readers would take for a truth or a number is printed as the text that it is', () => {
  const text = webFile('environment: { A: "yes", B: "0o17", C: "1_000", D: "12:30:45", E: "off" }');
  const printed = renderConfig(load(text), { showSecrets: true, format: 'yaml' });
  for (const value of ['yes', '0o17', '1_000', '12:30:45', 'off']) expect(printed).toContain(`"${value}"`);
  expect(application(printed)).toEqual(application(text));
});
