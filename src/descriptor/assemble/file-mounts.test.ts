import { expect, test } from 'vitest';
import { web, webErrors } from '../memory-files.ts';

test('configs and secrets become files', () => {
  const top = `
configs: { c: { content: hello }, f: { file: ./f } }
secrets: { s: { environment: S }, t: { file: /t } }
`;
  const keys =
    'configs: [c, { source: f, target: /etc/f, uid: "1", gid: "2", mode: 0440 }]\nsecrets: [s, { source: t, target: u, mode: "0400" }]';
  expect(web(keys, top, { env: { S: 'x' } }).files).toEqual([
    { kind: 'config', name: 'c', target: '/c', content: { inline: 'hello' } },
    {
      kind: 'config',
      name: 'f',
      target: '/etc/f',
      uid: '1',
      gid: '2',
      mode: 0o440,
      content: { file: '/app/f' },
    },
    { kind: 'secret', name: 's', target: '/run/secrets/s', content: { environment: 'S' } },
    { kind: 'secret', name: 't', target: '/run/secrets/u', mode: 0o400, content: { file: '/t' } },
  ]);
});

test('configs and secrets that cannot be had', () => {
  const top =
    'secrets: { e: { external: true }, n: {}, b: { file: f, content: c }, v: { environment: NONE } }';
  expect(
    webErrors('secrets: [e, n, b, v]', top).map((line) => line.replace(/compose.yaml:\d+:\d+: error /, '')),
  ).toEqual([
    'ERR_COMPOSE_UNSUPPORTED: secrets.e: an external secret would be kept by Swarm, which is not in use here (give it with "file" or "environment")',
    'ERR_COMPOSE_CONFLICT: secrets.n: there is none of "file", "environment" and "content"',
    'ERR_COMPOSE_CONFLICT: secrets.b: only one is possible of "file", "environment" and "content"',
  ]);
});
