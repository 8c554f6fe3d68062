import { chmodSync, mkdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/node/doctor/finding.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';

describe('doctor', () => {
  const host = new TestHost();
  const other = new TestHost();
  const doctor = async () => {
    const outcome = await host.heddle('doctor', '--format', 'json');
    return { code: outcome.code, findings: JSON.parse(outcome.stdout) as Finding[] };
  };
  const of = (findings: readonly Finding[], check: string) =>
    findings.filter((finding) => finding.check === check);
  afterAll(async () => {
    await other.remove();
    await host.remove();
  });

  test('needs no node, starts none, and finds this host good enough', async () => {
    const { code, findings } = await doctor();
    expect(findings.filter(({ status }) => status === 'error')).toEqual([]);
    expect(code).toBe(0);
    expect(of(findings, 'node')[0]).toMatchObject({ status: 'warning' });
    expect(of(findings, 'podman')[0]?.what).toMatch(/^\d+\.\d+/);
    await expect(host.nodePid()).rejects.toThrow();
  });

  test('finds state that others may read, and exits with 1', async () => {
    mkdirSync(host.stateDir, { recursive: true });
    chmodSync(host.stateDir, 0o755);
    const { code, findings } = await doctor();
    expect(of(findings, 'state')[0]).toMatchObject({
      status: 'error',
      remedy: expect.stringContaining('chmod go='),
    });
    expect(code).toBe(1);
    chmodSync(host.stateDir, 0o700);
  });

  test('finds what an application left that the node does not know', async () => {
    const project = host.project('insleft', `services: { web: { ${tiny}, init: true } }`);
    await host.ok('up', ...project);
    const before = await doctor();
    expect(of(before.findings, 'node')[0]?.status).toBe('ok');
    expect(before.findings.some(({ what }) => what.startsWith('insleft '))).toBe(false);
    await other.ok('up', ...other.project('insother', `services: { web: { ${tiny}, init: true } }`));
    const findings = await other.json<Finding[]>('doctor');
    const left = findings.find(({ what }) => what.startsWith('insleft '));
    expect(left).toMatchObject({ check: 'leftovers', remedy: 'if nobody wants it: heddle down -p insleft' });
  });
});
