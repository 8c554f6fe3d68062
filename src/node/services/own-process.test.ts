import { afterEach, expect, test } from 'vitest';
import { until } from '../../../test/support/until.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { OwnProcess } from './own-process.ts';

const log = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
let isWell = true;
const client = {
  networks: { list: () => (isWell ? Promise.resolve([]) : Promise.reject(new Error('away'))) },
} as unknown as NetworkingService;
const written: string[] = [];
const units: OwnProcess[] = [];

function run(script: string): OwnProcess {
  const unit = new OwnProcess({
    name: 'ip',
    command: [process.execPath, '-e', script],
    env: process.env,
    client,
    written: (line) => void written.push(line),
    log,
  });
  units.push(unit);
  return unit;
}

afterEach(async () => {
  for (const unit of units.splice(0)) await unit.stop();
  isWell = true;
});

const serve = 'console.error("here");process.stdin.on("close",()=>process.exit()).resume()';

test('a service that is killed comes back, and is asked meanwhile in vain', async () => {
  const unit = run(serve);
  await unit.start();
  const { pid } = unit.state;
  expect(unit.state).toMatchObject({ phase: 'ready', restarts: 0, pid: expect.any(Number) });
  expect(await unit.service.networks.list()).toEqual([]);
  await until('it has said something', () => written.includes('here'), 5000, 5);
  process.kill(pid ?? 0, 'SIGKILL');
  await until('its end is seen', () => unit.state.phase === 'failed', 5000, 5);
  expect(unit.state.reason).toContain('it ended by SIGKILL');
  const made = unit.service.networks.create({ name: 'lab', archetype: 'ip' });
  await expect(made).rejects.toMatchObject({ code: 'ERR_SERVICE_ABSENT' });
  await until('it is back', () => unit.state.phase === 'ready', 5000, 5);
  expect(unit.state).toMatchObject({ restarts: 1 });
  expect(unit.state.pid).not.toBe(pid);
});

test('one that cannot start is failed, says why, and is tried again later and later', async () => {
  isWell = false;
  const unit = run('console.error(JSON.stringify({level:50,msg:"the state is damaged"}));process.exit(3)');
  const began = performance.now();
  await unit.start();
  expect(unit.state).toMatchObject({
    phase: 'failed',
    reason: 'it ended with exit code 3: the state is damaged',
    restarts: 1,
  });
  await until('it is tried again', () => unit.state.restarts >= 3, 10_000, 5);
  // 100 ms, then 200 ms.
  expect(performance.now() - began).toBeGreaterThan(300);
  await expect(unit.service.networks.list()).rejects.toThrow('the state is damaged');
});

test('a program that is not there is a reason like any other', async () => {
  isWell = false;
  const unit = new OwnProcess({
    name: 'ip',
    command: ['/nonexistent/heddle'],
    env: {},
    client,
    written: () => {},
    log,
  });
  units.push(unit);
  await unit.start();
  expect(unit.state).toMatchObject({ phase: 'failed', reason: expect.stringContaining('ENOENT') });
});

test('one that is stopped stays so', async () => {
  const unit = run(serve);
  await unit.start();
  const { pid } = unit.state;
  await unit.stop();
  expect(unit.state.phase).toBe('stopped');
  expect(() => process.kill(pid ?? 0, 0)).toThrow();
});
