import { afterAll, beforeAll, describe, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { KillMatrix } from '../../support/kill-matrix.ts';
import { tiny } from '../../support/tiny.ts';

const text = `
services:
  web: { ${tiny}, init: true, depends_on: [db], x-heddle: { manage: { flows: true } } }
  db: { ${tiny}, init: true, volumes: ["data:/data"], x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } } }
volumes: { data: {} }
`;

describe('kill -9 of the node', () => {
  const host = new TestHost();
  const matrix = new KillMatrix(host, 'hkill', text);
  beforeAll(() => matrix.prepare());
  afterAll(() => host.remove());

  const steps = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  test('after any step of up, the same up ends in the same state; after any of down, the same down leaves nothing', async () => {
    await matrix.rounds(steps(matrix.steps.up - 1), steps(matrix.steps.down));
  });
});
