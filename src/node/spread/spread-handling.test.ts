import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { plainOneOff } from '../../../test/support/one-off.ts';
import type { ExecInput, ExecOutput } from '../../api/contracts/exec.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { HandlingWorker } from './handling-worker.ts';
import { placeServices } from './placement.ts';
import { handlingOver } from './spread-handling.ts';

// Which node is asked for what, and how what it answers is handed on. That nodes answer is tried on real ones: test/e2e/sites.

const file = `
services:
  web: { image: a, networks: [lab], x-heddle: { place: berlin } }
  db: { image: b, networks: [lab], environment: { A: b }, x-heddle: { place: paris } }
networks: { lab: { x-heddle: { archetype: ip, vlan: 7 } } }
`;
const members = [
  { name: 'one', site: 'berlin', api: '192.0.2.1:1', present: true },
  { name: 'two', site: 'paris', api: '192.0.2.2:1', present: true },
];
const placement = { web: 'one', db: 'two' };

/** Nodes one and two, of which one is asked. `isSpread`: whether the application is over both. */
function nodes({ isSpread = true, away = [] as string[], isUp = true } = {}) {
  const asked: string[] = [];
  const worker = (node: string) => ({
    handling: {
      kill: async (_project, { services = [], signal }) => {
        asked.push(`${node} kill ${signal} ${services.join(' ')}`);
      },
      top: async (_project, services) => [
        { container: `on ${node}`, service: services.join(' '), index: 1, titles: [], processes: [] },
      ],
      wait: async function* () {
        yield { container: `on ${node}`, service: 'a', exitCode: 3 };
      },
      stats: async function* () {
        yield [{ name: `on ${node}` }] as never;
      },
      exec: async function* (_project, inputs) {
        for await (const input of inputs) {
          if (input.type === 'run' && input.command[0] === 'fail')
            throw new HeddleError('ERR_SERVICE_NOT_RUNNING', 'it does not run');
          yield { type: 'output', stream: 'stdout', data: `${node} ${input.type}` };
        }
        yield { type: 'ended', exitCode: 7 };
      },
      run: async function* (_project, inputs) {
        for await (const input of inputs) {
          const { pods = [], elsewhere = [] } = input.type === 'once' ? (input.spec as DeploymentSpec) : {};
          const all = [...pods, ...elsewhere].map(({ name }) => name);
          yield { type: 'output', stream: 'stdout', data: `${node} ${all.join(' ')}` };
        }
      },
      writeArchive: async (_project, { service, path }, archive) => {
        asked.push(`${node} ${service}:${path} ${await text(archive)}`);
      },
    } as Partial<HandlingWorker> as HandlingWorker,
  });
  const workers = {
    here: 'one',
    own: worker(isSpread ? 'one' : 'alone'),
    at: async (node: string) => {
      if (away.includes(node)) throw new HeddleError('ERR_NODE_AWAY', `node ${node} is away`);
      return worker(node);
    },
  };
  const kept = isSpread && isUp ? { placement, leaving: [], front: 'one', revision: 1 } : undefined;
  const whereabouts = {
    seen: async () => kept,
    of: async ({ spec }: { spec: DeploymentSpec }) =>
      isSpread ? { kept, placed: placeServices(spec, { here: 'one', members, before: {} }) } : undefined,
  };
  return { handling: handlingOver(workers as never, whereabouts as never), asked };
}

async function* sent(...inputs: ExecInput[]): AsyncGenerator<ExecInput> {
  yield* inputs;
}
async function printed(outputs: AsyncIterable<ExecOutput>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const one of outputs) all.push(one.type === 'output' ? one.data : one);
  return all;
}
async function read<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const one of items) all.push(one);
  return all;
}
const { signal } = new AbortController();
const run = (service: string, ...command: string[]): ExecInput => ({ type: 'run', service, command });
const resize: ExecInput = { type: 'resize', rows: 1, columns: 2 };

test('a program runs at the node that has the service, which hears all that is sent', async () => {
  const { handling } = nodes();
  const ended = { type: 'ended', exitCode: 7 };
  expect(await printed(handling.exec('shop', sent(run('db', 'id'), resize), signal))).toEqual([
    'two run',
    'two resize',
    ended,
  ]);
  expect(await printed(handling.exec('shop', sent(run('web', 'id')), signal))).toEqual(['one run', ended]);
  const alone = nodes({ isSpread: false }).handling;
  expect(await printed(alone.exec('shop', sent(run('db', 'id')), signal))).toEqual(['alone run', ended]);
});

test('who fails is named, and services that there are not are refused', async () => {
  const { handling } = nodes({ away: ['two'] });
  await expect(printed(handling.exec('shop', sent(run('web', 'fail')), signal))).rejects.toMatchObject({
    code: 'ERR_SERVICE_NOT_RUNNING',
    message: 'node one: it does not run',
  });
  await expect(printed(handling.exec('shop', sent(run('db', 'id')), signal))).rejects.toMatchObject({
    code: 'ERR_NODE_AWAY',
  });
  await expect(printed(handling.exec('shop', sent(run('dv', 'id')), signal))).rejects.toMatchObject({
    code: 'ERR_SERVICE_UNKNOWN',
  });
});

test('what is shown is that of all nodes; who is away is left out, unless it was named', async () => {
  const all = nodes().handling;
  const names = async (rows: Promise<readonly { container: string }[]>) =>
    (await rows).map(({ container }) => container);
  expect(await names(all.top('shop', []))).toEqual(['on one', 'on two']);
  expect(await names(all.top('shop', ['db']))).toEqual(['on two']);
  expect(await read(all.stats('shop', { services: [], follow: false }, signal))).toEqual([
    [{ name: 'on one' }, { name: 'on two' }],
  ]);
  expect(await names(read(all.wait('shop', ['web', 'db'], signal)))).toEqual(['on one', 'on two']);
  const some = nodes({ away: ['two'] }).handling;
  expect(await names(some.top('shop', []))).toEqual(['on one']);
  await expect(some.top('shop', ['db'])).rejects.toMatchObject({ code: 'ERR_NODE_AWAY' });
});

test('what is done is done by each for its own services, and files go to who has the container', async () => {
  const { handling, asked } = nodes();
  await handling.kill('shop', { signal: 'HUP' }, () => {});
  await handling.kill('shop', { services: ['db'], signal: 'TERM' }, () => {});
  expect(asked.splice(0)).toEqual(['one kill HUP web', 'two kill HUP db', 'two kill TERM db']);
  await handling.writeArchive('shop', { service: 'db', path: '/tmp' }, Readable.from(['bytes']));
  expect(asked).toEqual(['two db:/tmp bytes']);
});

test('a one-off is where its service is, and its node knows who is elsewhere', async () => {
  const oneOff = { service: 'db', name: 'shop-db-run-1', ...plainOneOff };
  const spec = specOf(file, { oneOff });
  const once = (more: object = {}): ExecInput => ({ type: 'once', spec, ...more }) as ExecInput;
  const { handling } = nodes();
  expect(await printed(handling.run('shop', sent(once()), signal))).toEqual([
    'two shop-db-1 shop-db-run-1 shop-web-1',
  ]);
  await expect(printed(handling.run('shop', sent(once({ build: true })), signal))).rejects.toThrow(
    'db is on two, and images are built here',
  );
  const early = nodes({ isUp: false }).handling;
  await expect(printed(early.run('shop', sent(once()), signal))).rejects.toThrow('was not brought up yet');
});
