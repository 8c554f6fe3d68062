import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from '../lib/zod.ts';
import { composeJsonSchema } from './json-schema.ts';
import { errors } from './memory-files.ts';

const flows = { type: 'object', properties: { version: { enum: [5, 9, 10] } }, additionalProperties: false };
const latency = { type: 'object', properties: { from: { type: 'string' } } };
const schema = composeJsonSchema({ service: { flows }, application: { latency }, chain: { flows } });
const validator = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

/** Every short form there is. */
const SHORT = `
name: shop
include: []
services:
  web:
    image: nginx
    annotations: [a=b]
    build: .
    command: a b
    entrypoint: [a, 1]
    configs: [c]
    secrets: [s]
    depends_on: [db]
    devices: ["/dev/a:/dev/b:r"]
    dns: 1.1.1.1
    dns_search: a
    env_file: [{ path: .env, required: false }]
    environment: [A=1, B]
    expose: [80, "90"]
    extra_hosts: { a: 1.2.3.4, b: [1.2.3.4, "::1"] }
    group_add: [1, a]
    healthcheck: { test: curl x, interval: 5s, retries: 3 }
    init: "true"
    labels: { a: 1, b: true, c: }
    logging: { options: { max-file: 3 } }
    mem_limit: 64m
    networks: [n]
    ports: [80, "80:80", { target: 81, published: 81 }]
    restart: on-failure:3
    sysctls: { net.core.somaxconn: 1024 }
    tmpfs: /run
    ulimits: { nofile: 1024 }
    user: 1000
    volumes: ["v:/v", { type: bind, source: ., target: /b }]
    x-heddle: { manage: { flows: true }, edge: true, function: wire }
    x-other: 1
  db:
    extends: web
    image: db
    ports: !reset []
    depends_on: !reset []
    x-heddle: { manage: { flows: [{ version: 9 }] }, edge: { as: data, ports: { sql: { port: 3306 } } } }
networks: { n: , e: { external: { name: x } } }
volumes: { v: { driver_opts: { size: 1 } } }
configs: { c: { content: x } }
secrets: { s: { file: ./s } }
x-heddle:
  manage: { latency: { from: web } }
  chains: [{ name: c, from: outside, to: db, match: { ports: [80, 53/udp] }, through: [web, { flows: true }, { flows: { version: 9 } }] }]
x-other: 1
`;

test('it is draft 2020-12', () => {
  expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
});

test('schema and loader accept the same short forms', () => {
  expect(errors(SHORT)).toEqual([]);
  expect(validator.safeParse(parse(SHORT, { logLevel: 'error' })).error?.issues ?? []).toEqual([]);
});

test.each([
  'services: { web: { imge: nginx } }',
  'services: { web: { image: 5 } }',
  'services: { web: { ports: 80 } }',
  'services: { web: { x-heddle: { manage: { flwos: true } } } }',
  'services: { web: { x-heddle: { manage: { flows: { versoin: 9 } } } } }',
  'services: { web: { x-heddle: { mange: {} } } }',
  'services: { web: { x-heddle: { edge: { stear: direct } } } }',
  'services: { web: { healthcheck: { intervall: 5s } } }',
  'x-heddle: { manage: { flows: true } }',
  'networks: { n: { x-heddle: { archtype: sdn } } }',
  'services: { fw: { x-heddle: { function: wired } } }',
  'services: { fw: { x-heddle: { function: { per: replica } } } }',
  'x-heddle: { chains: [{ name: c, from: a, to: b, through: [] }] }',
  'x-heddle: { chains: [{ name: c, from: a, to: b, through: [{ latency: {} }] }] }',
  'x-heddle: { chains: [{ name: c, from: a, to: b, through: [fw], match: { port: [80/tcp] } }] }',
])('the schema refuses %s', (text) => {
  expect(validator.safeParse(parse(text)).success).toBe(false);
});

test('without features, any name may stand under manage', () => {
  const open = z.fromJSONSchema(
    composeJsonSchema({ service: {}, application: {}, chain: {} }) as Parameters<typeof z.fromJSONSchema>[0],
  );
  expect(open.safeParse(parse('services: { web: { x-heddle: { manage: { own: true } } } }')).success).toBe(
    true,
  );
});
