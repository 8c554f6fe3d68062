import fc from 'fast-check';
import { expect, test } from 'vitest';
import { full } from '../../test/support/full.ts';
import { tries } from '../../test/support/tries.ts';
import { InvalidInput } from '../lib/errors.ts';
import { APP, type Files, load } from './memory-files.ts';
import { renderConfig } from './render.ts';

// The descriptor meets whatever a person or a program wrote: it may refuse it, with a place, and nothing else.

const RUNS = tries(full ? 100_000 : 10_000, 300);

/** Small projects that together use most of the syntax; small, because each is read thousands of times. */
const PROJECTS: readonly Files[] = [
  {
    'compose.yaml': `
x-common: &common { restart: on-failure:3, environment: { A: "1", B: "\${HOME:-none}" } }
services:
  web:
    <<: *common
    image: nginx:\${TAG:-\${OTHER-1}}
    ports: ["8080:80", "[::1]:9000-9002:90-92/udp", { target: 443, published: "8443" }]
    depends_on: { db: { condition: service_healthy, required: true } }
    x-heddle: { manage: { flows: { version: 9 }, firewall: { ingress: [{ ports: ["80/tcp"] }] } } }
  db: { image: db, healthcheck: { test: "true", interval: 1m30s, retries: 3 } }
x-heddle: { manage: { latency: [{ from: web, to: db, every: 200ms }] } }
`,
  },
  {
    'compose.yaml': `
services:
  web:
    image: nginx
    command: sh -c "echo 'a b'"
    volumes: [./html:/html:ro, data:/data, { type: tmpfs, target: /t, tmpfs: { size: 1m, mode: 01777 } }]
    networks: { front: { aliases: [www], ipv4_address: 10.1.0.5 }, default: }
    secrets: [{ source: key, mode: 0440 }]
    deploy: { resources: { limits: { cpus: '0.5', memory: 64M } } }
    ulimits: { nofile: 1024 }
networks: { front: { ipam: { config: [{ subnet: 10.1.0.0/16 }] }, x-heddle: {} } }
volumes: { data: , old: { external: true } }
secrets: { key: { file: ./key } }
`,
  },
  {
    'compose.yaml': `
services:
  web:
    extends: { file: base.yaml, service: base }
    ports: ["80"]
    command: a
    env_file: [{ path: web.env, required: false }]
`,
    'compose.override.yaml': `
services:
  web: { ports: !override ["80:80"], environment: [C=3, B], command: !reset null }
`,
    'base.yaml': 'services:\n  base: { image: mariadb, environment: { X: $$y }, tmpfs: /run:size=1m }\n',
    'web.env': `export A=1\nB="two \${A}"\n# no\nC='x'\n`,
  },
  {
    'compose.yaml': `
name: shop
include: [{ path: [more.yaml], env_file: more.env }]
services:
  db: { build: { context: ., args: [A=1] }, profiles: [], extra_hosts: ["a:1.2.3.4"] }
`,
    'more.yaml': `
services:
  more: { image: "more:\${M}", network_mode: "service:db", links: ["db:base"], scale: 2 }
`,
    'more.env': 'M=1\n',
    '.env': 'TAG=2\n',
  },
];

const PIECES = [
  ...[
    ': ',
    '- ',
    '\n',
    '  ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '*common',
    '&a ',
    '*a',
    '<<: ',
    '!reset ',
    '!x ',
    '# ',
  ],
  ...[
    '${',
    '}',
    '$$',
    '${A:?',
    '|\n',
    '>-\n',
    '---\n',
    '0',
    '-1',
    '1e9',
    '99999',
    'true',
    'null',
    '~',
    '\t',
    '\0',
  ],
  ...[
    'web',
    'db',
    'x-heddle',
    'manage',
    'extends',
    'include',
    'services',
    'profiles',
    '__proto__',
    'constructor',
  ],
  ...[
    'compose.yaml',
    'service:web',
    'é',
    '\u{1F600}',
    '\uFEFF',
    '\r\n',
    '/',
    ':',
    ',',
    '8080:80',
    '1m',
    '64M',
  ],
];

/** One change: cut something, put something in, double a stretch, or swap two lines. */
const mutation = fc.record({
  file: fc.nat(),
  kind: fc.constantFrom('cut', 'insert', 'double', 'swap', 'replace'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 30 }),
  piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })),
});

type Mutation = (typeof mutation extends fc.Arbitrary<infer T> ? T : never) & { kind: string };

function mutate(text: string, { kind, at, length, piece }: Mutation): string {
  const from = Math.floor(at * text.length);
  const [before, middle, after] = [
    text.slice(0, from),
    text.slice(from, from + length),
    text.slice(from + length),
  ];
  switch (kind) {
    case 'cut':
      return before + after;
    case 'insert':
      return before + piece + middle + after;
    case 'double':
      return before + middle + middle + after;
    case 'replace':
      return before + piece + after;
    default: {
      const lines = text.split('\n');
      const [i, j] = [Math.floor(at * lines.length), length % lines.length];
      return lines.map((line, k) => (k === i ? lines[j] : k === j ? lines[i] : line)).join('\n');
    }
  }
}

const OPTIONS = { env: { HOME: '/root' } };

test('the projects that are mutated are good', () => {
  const services = PROJECTS.map((files) => Object.keys(load(files, OPTIONS).application.services));
  expect(services).toEqual([['web', 'db'], ['web'], ['web'], ['db', 'more']]);
});

test('of mutated projects, each is read or refused with a place', () => {
  let refused = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...PROJECTS),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      (project, mutations) => {
        const files: Record<string, string> = { ...project };
        for (const each of mutations) {
          const name = Object.keys(files)[each.file % Object.keys(files).length] ?? '';
          files[name] = mutate(files[name] ?? '', each);
        }
        refused += readOrRefused(files);
      },
    ),
    RUNS,
  );
  expect(refused).toBeGreaterThan(RUNS.numRuns / 4);
});

function readOrRefused(files: Files): number {
  try {
    renderConfig(load(files, OPTIONS), { showSecrets: false, format: 'json' });
    return 0;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    for (const { at } of error.diagnostics) expectRealPlace(files, at);
    return 1;
  }
}

function expectRealPlace(files: Files, at: { file: string; line: number; column: number } | undefined): void {
  const text = at && files[at.file.replace(`${APP}/`, '')];
  if (!at || text === undefined) throw new Error(`no such file: ${JSON.stringify(at)}`);
  const line = text.split('\n')[at.line - 1];
  if (line === undefined || at.column < 1 || at.column > line.length + 1) {
    throw new Error(`no such place: ${JSON.stringify(at)}`);
  }
}
