import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { redact } from './redact.ts';

const text = `
services:
  web:
    build: { context: ., args: { NPM_TOKEN: hidden-1 } }
    environment: { DB_PASSWORD: hidden-2, DB_URL: "postgres://me:hidden-3@db/x", PLAIN: shown-1 }
    command: ["serve", "--password=hidden-4", "--port=shown-2"]
    labels: { api.key: hidden-5 }
    configs: [site]
    x-heddle: { manage: { snmp: { contact: shown-3 } } }
configs: { site: { content: hidden-6 } }
volumes: { share: { driver_opts: { o: "username=shown-4,password=hidden-7" } } }
`;

test('a deployment specification shows no secret, and everything else', () => {
  const spec = specOf(text);
  const [clear, shown] = [JSON.stringify(spec), JSON.stringify(redact(spec))];
  const words = (pattern: RegExp, where: string) => new Set(where.match(pattern));
  expect(words(/hidden-\d/g, clear).size).toBeGreaterThanOrEqual(6);
  expect(words(/hidden-\d/g, shown)).toEqual(new Set());
  expect(words(/shown-\d/g, shown)).toEqual(words(/shown-\d/g, clear));
});

test('what is not the owner’s to name stays: keys of containers, and of secret files', () => {
  const spec = specOf(text);
  const { pods } = redact(spec) as typeof spec;
  expect(pods[0]?.containers.map(({ key }) => key)).toEqual(['app', 'snmp.agent']);
  expect(pods[0]?.containers[1]?.mounts).toContainEqual(
    expect.objectContaining({ type: 'secret', keys: ['auth', 'priv', 'community'] }),
  );
});
