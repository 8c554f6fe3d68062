import { afterAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';

describe('up', () => {
  const host = new TestHost();
  afterAll(() => host.remove());
  const service = (name: string, settings: string) =>
    `  ${name}: { ${tiny}, stop_grace_period: 1s, ${settings} }`;
  const project = (name: string, ...services: string[]) =>
    host.project(name, ['services:', ...services].join('\n'));

  test('of a service that fails at once says so, with its exit code and its last words', async () => {
    const failing = service('web', 'command: [sh, -c, "echo starting; echo no such table >&2; exit 3"]');
    const { code, stderr } = await host.heddle('up', ...project('cmfails', failing));
    expect(code).toBe(1);
    expect(stderr).toContain(
      'ERR_SERVICE_ENDED: web: cmfails-web-1 ended with exit code 3, and said last:\n  starting\n  no such table\n',
    );
    expect(stderr.match(/ERR_/g)).toHaveLength(1);
  });

  test('says it once when an agent or another service depends on it', async () => {
    const names = project(
      'cmdepends',
      service('web', 'command: [sh, -c, exit 3], x-heddle: { manage: { snmp: true } }'),
      service('db', 'depends_on: { web: { condition: service_completed_successfully } }'),
    );
    const { code, stderr } = await host.heddle('up', ...names);
    expect(code).toBe(1);
    expect(stderr.match(/ERR_\w+/g)).toEqual(['ERR_SERVICE_ENDED']);
  });

  test('names a command that is not in the image', async () => {
    const { code, stderr } = await host.heddle(
      'up',
      ...project('cmnosuch', service('web', 'command: [nosuch]')),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(
      'ERR_SERVICE_COMMAND: starting cmnosuch-web-1: "nosuch": executable file not found',
    );
  });

  test('is content with a service that runs to its end, and says what it waits for', async () => {
    const names = project(
      'cmends',
      service('job', 'command: [sh, -c, "sleep 0.5"]'),
      service(
        'db',
        'init: true, healthcheck: { test: [CMD, "true"], interval: 1s }, depends_on: { job: { condition: service_completed_successfully } }',
      ),
      service('web', 'init: true, depends_on: { db: { condition: service_healthy } }'),
    );
    const { code, stderr } = await host.heddle('up', ...names);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('ERR_') });
    const lines = stderr.split('\n').map((line) => line.replace(/ {2}[\d.]+s$/, ''));
    const waits = lines.filter((line) => /waiting|Service/.test(line));
    expect(waits).toEqual([
      ' … waiting for job to complete',
      ' ✔ Service job completed_successfully  Reached',
      ' … waiting for db to be healthy',
      ' ✔ Service db healthy  Reached',
    ]);
    expect((await host.heddle('up', '-q', ...project('cmquiet', service('web', 'init: true')))).stderr).toBe(
      '',
    );
  });
});
