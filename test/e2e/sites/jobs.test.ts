import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { JobStatus } from '../../../src/monitor/jobs/status.ts';
import { shellJob } from '../../support/shell-job.ts';
import type { SiteHost } from '../../support/site-host.ts';
import { SitesLab } from '../../support/sites-lab.ts';
import { until } from '../../support/until.ts';

// One job over two hosts, at Podman and at Docker: its ranks meet on a network of both, and live and end together.

const lab = new SitesLab({ hosts: { one: 'podman', two: 'docker' } });
const [one, two] = [lab.host('one'), lab.host('two')];
const name = 'study';
const networks = {
  lab: { ipam: { config: [{ subnet: '10.79.0.0/24' }] }, 'x-heddle': { archetype: 'ip', vlan: 100 } },
};
let project: string[];

function study(steps: number): string {
  return shellJob({
    steps,
    job: { workers: 4 },
    place: ['one', 'two'],
    service: { image: 'localhost/heddle-test/tiny', build: undefined, networks: ['lab'] },
    file: { networks },
  });
}

beforeAll(async () => {
  await lab.start();
  project = one.project(name, study(30));
  await two.have(...two.project(name, study(30)));
});
afterEach(() => one.ok('down', '-v', '-p', name));
afterAll(() => lab.remove());

async function job(host: SiteHost = one): Promise<JobStatus> {
  const [found] = await host.json<JobStatus[]>('jobs', '-p', name);
  if (!found) throw new Error('there is no job');
  return found;
}
const goesOn = () =>
  until('it goes on', async () => {
    const { phase: now, step } = await job();
    return now === 'running' && (step ?? 0) > 5;
  });
const phase = (wanted: string) => until(`it is ${wanted}`, async () => (await job()).phase === wanted);
const states = ({ ranks }: JobStatus) => ranks.map(({ rank, node, state }) => [rank, node, state]);
const all = (state: string) => [
  [0, 'one', state],
  [1, 'one', state],
  [2, 'two', state],
  [3, 'two', state],
];

test('ranks are dealt out, meet, and are seen from either host', async () => {
  await one.ok('up', '-d', ...one.project(name, study(100)));
  await goesOn();
  for (const host of [one, two]) expect(states(await job(host))).toEqual(all('running'));
  expect(one.container('ps', '--format', '{{.Names}}')).not.toContain('study-trainer-3');
  expect(await one.ok('exec', '--index', '4', '-p', name, 'trainer', 'hostname')).toBe('study-trainer-4\n');
  await phase('ended');
  expect(await job(two)).toMatchObject({ run: 1, attempt: 1, step: 100 });
});

test('a rank that is killed on one host has those on both start again', async () => {
  await one.ok('up', '-d', ...one.project(name, study(60)));
  await goesOn();
  two.container('kill', 'study-trainer-4');
  await until('all were started again', async () => (await job()).attempt === 2);
  await until('they run', async () => (await job()).phase === 'running');
  const now = await job();
  expect(now.reason).toBe('started again: rank 3 on node two ended by signal 9');
  expect(states(now)).toEqual(all('running'));
  await phase('ended');
});

test('where a rank cannot be made, those of the other host do not run', async () => {
  two.container('create', '--name', 'study-trainer-4', 'localhost/heddle-test/tiny');
  const { code, stderr } = await one.heddle('up', '-d', ...project);
  two.container('rm', 'study-trainer-4');
  expect(code).not.toBe(0);
  expect(stderr).toContain('study-trainer-4');
  expect(one.container('ps', '--format', '{{.Names}}')).not.toMatch(/study-trainer-\d$/m);
  await one.ok('up', '-d', ...project);
  await phase('ended');
});

test('a host that is lost keeps nobody from seeing the rest, and is gone on with when it is back', async () => {
  await one.ok('up', '-d', ...one.project(name, study(60)));
  await goesOn();
  lab.cut('two', true);
  try {
    await until('it is said', async () => /node two/.test((await job()).reason ?? ''));
    expect((await job()).phase).toBe('running');
  } finally {
    lab.cut('two', false);
    await lab.linked();
  }
  await phase('ended');
  expect(await job()).toMatchObject({ run: 1, attempt: 1 });
});
