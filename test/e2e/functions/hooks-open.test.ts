import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

test('a chain that is open on failure goes on without a function that cannot be configured, until it is', async () => {
  const host = new TestHost();
  try {
    const log = path.join(host.folder, 'log');
    mkdirSync(log);
    writeFileSync(path.join(log, 'fail'), '');
    const project = host.project(
      'hhopen',
      `
services:
  web: { ${tiny}, init: true, networks: [lab] }
  db: { ${tiny}, init: true, networks: [lab] }
  fw:
    ${tiny.replace(', build:', '\n    build:')}
    init: true
    network_mode: none
    volumes: ["${log}:/log"]
    x-heddle: { function: { mode: wire, per: replica, hooks: { configure: [sh, -c, "cat > /dev/null; test ! -e /log/fail"] } } }
networks: { lab: {} }
x-heddle:
  chains: [{ name: front, from: web, to: db, match: { ports: [80/tcp] }, through: [fw], onFailure: open }]
`,
    );
    const chain = async () => (await host.json<ChainStatus[]>('chain', 'ls', ...project))[0]!;
    const { code, stderr } = await host.heddle('up', ...project);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'hhopen-db-1.fw: its hook configure failed: it ended with exit code 1, and said nothing',
    );
    const reached = await host.run('podman', ['exec', 'hhopen-web-1', 'nc', '-z', '-w', '1', 'db', '80']);
    expect(reached.code).toBe(0);
    expect(await chain()).toMatchObject({ bypassed: ['hhopen-db-1.fw'] });
    rmSync(path.join(log, 'fail'));
    await until('it is led through it', async () => {
      const { state, bypassed } = await chain();
      return state === 'proven' && bypassed.length === 0;
    });
  } finally {
    await host.remove();
  }
});
