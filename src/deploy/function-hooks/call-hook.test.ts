import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { farPod } from '../../../test/support/far-pod.ts';
import { deployed, hash } from '../../../test/support/observed.ts';
import type { DeployContext } from '../context.ts';
import { farSandbox } from '../far.ts';
import { StateFolder } from '../state-folder.ts';
import { callHook } from './call-hook.ts';
import { readNotes } from './notes.ts';
import type { HookOutcome } from './outcome.ts';

const spec = specOf(`
services:
  fw: { image: f, network_mode: none, x-heddle: { function: { mode: wire, hooks: { configure: [m, c], upgrade: [m, u] } } } }
  db: { image: d, x-heddle: { outputsOf: [fw] } }
`);
const { containers } = deployed(spec);

let dir: string;
let calls: { command: readonly string[]; input: Record<string, unknown> }[];
let outcomes: HookOutcome[];

/** @param printed by each call, and its exit code */
function contextWith(printed: string, exitCode = 0): DeployContext {
  const console = {
    execInteractive: async (_name: string, command: readonly string[]) => {
      const input = new PassThrough();
      const output = (async function* () {
        calls.push({ command, input: JSON.parse(await text(input)) });
        yield { stream: 'stdout' as const, data: Buffer.from(printed) };
      })();
      return { input, output, exitCode: async () => exitCode };
    },
  };
  return {
    project: 'shop',
    spec,
    far: { sandboxes: async () => [] },
    engine: { console, workloads: { containers: async () => containers } },
    folder: new StateFolder(dir, 'shop'),
    hash,
    hooked: (outcome: HookOutcome) => outcomes.push(outcome),
  } as unknown as DeployContext;
}

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'call-hook-'));
  calls = [];
  outcomes = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

test('whoever scales or upgrades a function says from which instances to which', async () => {
  const occasion = {
    hook: 'upgrade',
    reason: 'another image',
    from: ['shop-fw-1'],
    to: ['shop-fw-2'],
  } as const;
  await callHook(contextWith('{ "moved": 3 }'), 'shop-fw-1', occasion);
  expect(calls).toMatchObject([{ command: ['m', 'u'], input: { ...occasion, outputs: {} } }]);
  expect(outcomes).toMatchObject([{ function: 'shop-fw-1', hook: 'upgrade', reason: 'another image' }]);
  const file = path.join(dir, 'applications/shop/outputs/fw/outputs.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ 'shop-fw-1': { moved: 3 } });
});

test('what was told is not told again, and what was put out is told to what comes later', async () => {
  const context = contextWith('{ "port": 1 }');
  const configure = { hook: 'configure', reason: 'its program starts' } as const;
  const notes: string[] = [];
  await callHook(context, 'shop-fw-1', configure);
  await callHook(context, 'shop-fw-1', configure, (note) => notes.push(note));
  expect(calls).toHaveLength(1);
  expect(notes).toEqual(['Not called: it was told the same before']);
  await callHook(context, 'shop-fw-1', { hook: 'upgrade', reason: 'another image' });
  expect(calls[1]?.input['outputs']).toEqual({ port: 1 });
});

test('a hook that fails is said, and not that of another that it does not have', async () => {
  const upgrade = { hook: 'upgrade', reason: 'another image' } as const;
  await expect(callHook(contextWith('', 2), 'shop-fw-1', upgrade)).rejects.toMatchObject({
    code: 'ERR_FUNCTION_HOOK',
    message: 'shop-fw-1: its hook upgrade failed: it ended with exit code 2, and said nothing',
  });
  expect(outcomes[0]?.failure).toBe('it ended with exit code 2, and said nothing');
  await callHook(contextWith('', 2), 'shop-fw-1', { hook: 'scale', reason: 'x' });
  expect(calls).toHaveLength(1);
});

test('one that cannot be called, or not be ended, is noted as failed, and what may be left of it as well', async () => {
  const context = contextWith('');
  Object.assign(context.engine.console, {
    execInteractive: () => {
      throw new TypeError('no such thing');
    },
  });
  const configure = { hook: 'configure', reason: 'its program starts' } as const;
  await expect(callHook(context, 'shop-fw-1', configure)).rejects.toMatchObject({
    code: 'ERR_FUNCTION_HOOK',
    message: 'shop-fw-1: its hook configure failed: no such thing',
  });
  expect(outcomes[0]?.failure).toBe('no such thing');
  expect(await readNotes(context.folder, 'shop-fw-1')).toMatchObject({
    calls: { configure: { failure: 'no such thing' } },
    begun: { hook: 'configure' },
  });
});

test('functions of a service that are configured at once lose nothing of what they put out', async () => {
  const several = specOf(`
services:
  fw: { image: f, scale: 8, network_mode: none, x-heddle: { function: { mode: wire, hooks: { configure: [m, c] } } } }
`);
  const context: DeployContext = { ...contextWith('{ "port": 1 }'), spec: several };
  Object.assign(context.engine.workloads, { containers: async () => deployed(several).containers });
  const names = Array.from({ length: 8 }, (_, index) => `shop-fw-${index + 1}`);
  const configure = { hook: 'configure', reason: 'its program starts' } as const;
  await Promise.all(names.map((name) => callHook(context, name, configure)));
  const file = path.join(dir, 'applications/shop/outputs/fw/outputs.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(
    Object.fromEntries(names.map((name) => [name, { port: 1 }])),
  );
});

test('one whose outputs cannot be kept has failed', async () => {
  mkdirSync(path.join(dir, 'applications/shop'), { recursive: true });
  writeFileSync(path.join(dir, 'applications/shop/outputs'), 'in the way');
  const configure = { hook: 'configure', reason: 'its program starts' } as const;
  const context = contextWith('{ "port": 1 }');
  await expect(callHook(context, 'shop-fw-1', configure)).rejects.toMatchObject({
    code: 'ERR_FUNCTION_HOOK',
    message: expect.stringContaining('what it put out cannot be kept'),
  });
  const notes = await readNotes(context.folder, 'shop-fw-1');
  expect(notes?.calls.configure?.failure).toContain('what it put out cannot be kept');
});

test('it is told where its peers on other nodes are', async () => {
  const chained = specOf(`
services:
  web: { image: w }
  fw: { image: f, network_mode: none, x-heddle: { function: { mode: wire, hooks: { configure: [m, c] } } } }
  db: { image: d }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw] }] }
`);
  const web = farPod('web');
  const here = chained.pods.filter(({ service }) => service !== 'web');
  const networks = [{ network: 'shop_lab', ipv4: '10.0.0.7' }];
  const context: DeployContext = {
    ...contextWith(''),
    spec: { ...chained, pods: here, elsewhere: [web] },
    far: { sandboxes: async () => [farSandbox(web, networks)], awaitService: async () => {} },
  };
  Object.assign(context.engine.workloads, {
    containers: async () => deployed({ ...chained, pods: here }).containers,
  });
  await callHook(context, 'shop-fw-1', { hook: 'configure', reason: 'its program starts' });
  expect(calls[0]?.input['peers']).toMatchObject({ web: [{ pod: 'shop-web-1', addresses: networks }] });
});
