import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobStatus } from '../../../src/monitor/jobs/status.ts';
import { TestHost } from '../../support/host.ts';
import { shellJob } from '../../support/shell-job.ts';
import { tinyImage } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

// Jobs on one host, as their owner sees them. The ranks are programs of sh(1) that meet, keep their step, and say how far they are.

let host: TestHost;
beforeEach(() => {
  host = new TestHost();
});
afterEach(() => host.remove());

const name = 'hdl-job';
const ranks = [1, 2, 3].map((index) => `${name}-trainer-${index}`);

describe('a job', () => {
  test('has ranks that meet, says how far they are, ends with them, and remembers how long it took', async () => {
    const shop = host.project(name, shellJob({ steps: 20 }));
    await host.ok('up', '-d', ...shop);
    await until('it goes on', async () => ((await job(shop)).step ?? 0) > 5);
    const going = await job(shop);
    expect(going).toMatchObject({
      phase: 'running',
      run: 1,
      attempt: 1,
      steps: 20,
      network: `${name}_default`,
    });
    expect(going.ranks.map(({ rank, state }) => [rank, state])).toEqual(
      [0, 1, 2].map((rank) => [rank, 'running']),
    );
    await phase(shop, 'ended');
    const { seconds, times, stepSeconds, exchanged } = await job(shop);
    expect(seconds).toBeGreaterThan(2);
    expect(times).toMatchObject({ compute: 20, network: 0, waiting: 1, data: 0 });
    expect(stepSeconds).toBeGreaterThan(0.1);
    expect(exchanged?.bytes).toBeGreaterThan(0);
    expect(said('rank 1 of 3 begins after step 0, by eth0')).toBe(1);
    const table = await host.ok('jobs', ...shop);
    expect(table).toMatch(/trainer +ended +0\/3 +20\/20 .*all ranks have ended/);

    await host.ok('up', '-d', ...shop);
    await until('it ran again', async () => (await job(shop)).run === 2);
    await phase(shop, 'ended');
    expect((await job(shop)).runs).toMatchObject([
      { run: 1, outcome: 'ended', seconds, attempts: 1, step: 20 },
    ]);
    expect(await host.ok('jobs', 'trainer', ...shop)).toMatch(/^RUN .*\n1 .* ended /m);

    // What was measured is data: it goes when that does.
    await host.ok('down', ...shop);
    await host.ok('up', '-d', ...shop);
    await until('it ran a third time', async () => (await job(shop)).run === 3);
    await host.ok('down', '-v', ...shop);
    await host.ok('up', '-d', ...shop);
    await until('it begins anew', async () => (await job(shop)).run === 1);
  });

  test('whose rank is killed goes on from what was kept, with all ranks', async () => {
    const shop = host.project(name, shellJob({ steps: 40 }));
    await host.ok('up', '-d', ...shop);
    await until('it has kept something', async () => kept(await job(shop)) >= 10);
    const before = await job(shop);
    await host.killContainer(ranks[1] ?? '');
    await until('all were started again', async () => (await job(shop)).attempt === 2);
    await until('they run', async () => {
      const now = await job(shop);
      return now.phase === 'running' && now.ranks.every(({ state }) => state === 'running');
    });
    expect((await job(shop)).reason).toBe('started again: rank 1 ended by signal 9');
    await phase(shop, 'ended');
    // No more than the steps from one time that it keeps its step to the next.
    const again = Number(/begins after step ([1-9]\d*),/.exec(logs())?.[1]);
    expect(again).toBeGreaterThanOrEqual(kept(before));
    expect(said('begins after step')).toBe(6);
    expect(await job(shop)).toMatchObject({ run: 1, attempt: 2, step: 40 });
  });

  test('whose rank stands still is started again, and it is said which one', async () => {
    const shop = host.project(name, shellJob({ steps: 40, job: { progressDeadline: '2s' } }));
    await host.ok('up', '-d', ...shop);
    await until('it goes on', async () => ((await job(shop)).step ?? 0) > 5);
    await host.ok('exec', '--index', '3', ...shop, 'trainer', 'touch', '/tmp/hang');
    await until('all were started again', async () => (await job(shop)).attempt === 2);
    await until('they run', async () => (await job(shop)).phase === 'running');
    expect((await job(shop)).reason).toMatch(
      /^started again: rank 2 made no progress for 2 s: at step \d+, in compute$/,
    );
    await phase(shop, 'ended');
  });

  test('that fails as often as it may is over, with no rank left, and that is an exit code', async () => {
    const command = ['sh', '-c', '[ $$RANK = 1 ] && sleep 0.5 && exit 3; exec sleep 1000'];
    const beside = { image: tinyImage, command: ['sleep', '1000'], init: true, restart: 'always' };
    const shop = host.project(name, shellJob({ job: { retries: 1 }, service: { command }, beside }));
    await host.ok('up', '-d', ...shop);
    await phase(shop, 'failed');
    const text = 'rank 1 ended with exit code 3; it was started again once already';
    expect(await job(shop)).toMatchObject({ attempt: 2, reason: text });
    await until('no rank is left', async () =>
      (await job(shop)).ranks.every(({ state }) => state === 'ended'),
    );
    expect(await host.heddle('jobs', ...shop)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(text),
    });
    // Who heals what is beside it leaves it alone.
    await host.killContainer(`${name}-beside-1`);
    await until('what runs beside it is brought back', () => running().includes(`${name}-beside-1`));
    expect(await job(shop)).toMatchObject({ phase: 'failed', attempt: 2 });
    expect((await job(shop)).ranks.map(({ state }) => state)).toEqual(['ended', 'ended', 'ended']);
  });

  test('whose ranks cannot start is over after as many attempts, too', async () => {
    const shop = host.project(name, shellJob({ steps: 200, job: { retries: 1 } }));
    await host.ok('up', '-d', ...shop);
    await until('it goes on', async () => ((await job(shop)).step ?? 0) > 5);
    host.podman('rm', '-f', `${name}-trainer-2`);
    host.podman('create', '--name', `${name}-trainer-2`, tinyImage);
    try {
      await phase(shop, 'failed');
      expect((await job(shop)).reason).toContain(`${name}-trainer-2`);
      await until('no rank is left', async () =>
        (await job(shop)).ranks.every(({ state }) => state !== 'running'),
      );
    } finally {
      host.podman('rm', `${name}-trainer-2`);
    }
  });

  test('one of whose ranks has lost its sandbox is started again', async () => {
    const shop = host.project(name, shellJob({ steps: 100 }));
    await host.ok('up', '-d', ...shop);
    await until('it goes on', async () => ((await job(shop)).step ?? 0) > 5);
    await host.killContainer(`${name}-trainer-2.sandbox`);
    await until('all were started again', async () => {
      const now = await job(shop);
      return (
        now.attempt === 2 && now.phase === 'running' && now.ranks.every(({ state }) => state === 'running')
      );
    });
  });

  test('stays a job when something else is brought up', async () => {
    const beside = { image: tinyImage, command: ['sleep', '1000'], init: true, profiles: ['more'] };
    const shop = host.project(name, shellJob({ steps: 200, beside }));
    await host.ok('up', '-d', ...shop);
    await phase(shop, 'running');
    await host.ok('--profile', 'more', 'up', '-d', ...shop, 'beside');
    expect(await job(shop)).toMatchObject({ phase: 'running', run: 1 });
    await host.ok('down', ...shop, 'beside');
    expect(await job(shop)).toMatchObject({ phase: 'running', run: 1, attempt: 1 });
  });

  test('goes on when what is known of it is spoilt', async () => {
    const shop = host.project(name, shellJob({ steps: 60 }));
    await host.ok('up', '-d', ...shop);
    await phase(shop, 'running');
    const file = `${host.stateDir}/applications/${name}/job-runs/trainer.json`;
    await host.killNode();
    writeFileSync(file, '{');
    await phase(shop, 'ended');
    expect(readFileSync(`${file}.spoilt`, 'utf8')).toBe('{');
    expect(await job(shop)).toMatchObject({ run: 1, attempt: 1 });
  });

  test('one of whose ranks cannot be made has none that runs', async () => {
    const shop = host.project(name, shellJob());
    await host.ok('build', ...shop);
    host.podman('create', '--name', ranks[2] ?? '', 'localhost/heddle-test/tiny');
    try {
      const { code, stderr } = await host.heddle('up', '-d', ...shop);
      expect(code).not.toBe(0);
      expect(stderr).toContain(ranks[2]);
      expect(running().filter((one) => ranks.includes(one))).toEqual([]);
    } finally {
      host.podman('rm', ranks[2] ?? '');
    }
    await host.ok('up', '-d', ...shop);
    await phase(shop, 'ended');
  });

  test('that is stopped stays so, and started it is another run', async () => {
    const shop = host.project(name, shellJob({ steps: 200 }));
    await host.ok('up', '-d', ...shop);
    await phase(shop, 'running');
    await host.ok('stop', ...shop);
    await phase(shop, 'stopped');
    expect((await job(shop)).ranks.map(({ state }) => state)).toEqual(['ended', 'ended', 'ended']);
    await host.ok('start', ...shop);
    await until('it runs anew', async () => (await job(shop)).run === 2);
    expect(await job(shop)).toMatchObject({ phase: 'running', attempt: 1, runs: [{ outcome: 'stopped' }] });
    await host.ok('restart', ...shop);
    await until('it runs a third time', async () => (await job(shop)).run === 3);
    expect((await job(shop)).attempt).toBe(1);
  });
});

describe('a node that is killed', () => {
  test('leaves the job alone, and sees what became of it meanwhile', async () => {
    const shop = host.project(name, shellJob({ steps: 60 }));
    await host.ok('up', '-d', ...shop);
    await until('it goes on', async () => ((await job(shop)).step ?? 0) > 5);
    const before = (await job(shop)).ranks.map(({ startedAt }) => startedAt);
    await host.killNode();
    const now = await job(shop);
    expect(now.ranks.map(({ startedAt }) => startedAt)).toEqual(before);
    expect(now).toMatchObject({ phase: 'running', run: 1, attempt: 1 });

    await host.killNode();
    host.podman('kill', ranks[2] ?? '');
    await until('all were started again', async () => (await job(shop)).attempt === 2);
    await phase(shop, 'ended');
    expect((await job(shop)).run).toBe(1);
  });

  test('while ranks are started again finishes that, once', async () => {
    const shop = host.project(
      name,
      shellJob({ steps: 60, service: { stop_grace_period: '10s', init: false } }),
    );
    await host.ok('up', '-d', ...shop);
    await until('it goes on', async () => ((await job(shop)).step ?? 0) > 5);
    host.podman('kill', ranks[0] ?? '');
    // Its other ranks take two seconds to be stopped: they do not hear a signal. Podman does not say how they are meanwhile.
    const isRestarting = () => host.nodeLog().includes('the ranks of a job are started again');
    await until('they are being stopped', isRestarting, undefined, 10);
    await host.killNode();
    await until('all run again', async () => (await job(shop)).phase === 'running');
    expect(await job(shop)).toMatchObject({ run: 1, attempt: 2 });
    await phase(shop, 'ended');
    expect(said('begins after step')).toBe(6);
  });
});

async function job(shop: readonly string[]): Promise<JobStatus> {
  const { code, stdout, stderr } = await host.heddle('jobs', ...shop, '--format', 'json');
  const [one] = (code < 2 ? JSON.parse(stdout) : []) as JobStatus[];
  if (!one) throw new Error(`there is no job: ${stderr}`);
  return one;
}

async function phase(shop: readonly string[], wanted: JobStatus['phase']): Promise<void> {
  await until(`it is ${wanted}`, async () => (await job(shop)).phase === wanted);
}

function kept({ ranks: [first] }: JobStatus): number {
  return first?.progress?.checkpoint ?? 0;
}

function logs(): string {
  return ranks.map((one) => host.podman('logs', one)).join('');
}

/** How often ranks have printed something. */
function said(text: string): number {
  return logs().split(text).length - 1;
}

/** Names of the containers that run. */
function running(): string[] {
  return host.podman('ps', '--format', '{{.Names}}').trim().split('\n');
}
