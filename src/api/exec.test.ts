import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HeddleError } from '../lib/errors.ts';
import { NodeClient } from './client.ts';
import type { ExecInput, ExecOutput } from './contracts/exec.ts';
import type { NodeService } from './node-service.ts';
import { routes } from './routes/index.ts';
import { createServer, group, listen } from './server.ts';

let folder: string;
let server: FastifyInstance;
let client: NodeClient;
let exec: NodeService['exec'];
/** Whether the client went away before the end. */
let gone: boolean;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-api-'));
  gone = false;
  const node = {
    exec: (project: string, inputs: AsyncIterable<ExecInput>, signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        gone = true;
      });
      return exec(project, inputs, signal);
    },
  } as NodeService;
  server = createServer(group(routes, node));
  await listen(server, `${folder}/sock`);
  client = new NodeClient(`${folder}/sock`);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const run: ExecInput = { type: 'run', service: 'web', command: ['cat'] };
const output = (data: string): ExecOutput => ({ type: 'output', stream: 'stdout', data });

async function read(outputs: AsyncIterable<ExecOutput>): Promise<ExecOutput[]> {
  const all: ExecOutput[] = [];
  for await (const one of outputs) all.push(one);
  return all;
}

async function* sent(...inputs: ExecInput[]): AsyncGenerator<ExecInput> {
  yield* inputs;
}

test('what a command prints comes while its input is still open, and the end of the input is seen', async () => {
  exec = async function* (_project, inputs) {
    for await (const input of inputs) yield output(input.type === 'input' ? input.data : input.type);
    yield { type: 'ended', exitCode: 7 };
  };
  let answered: () => void = () => {};
  const answer = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const inputs = (async function* (): AsyncGenerator<ExecInput> {
    yield run;
    // Not before something has come back: a client that could not do both at once would wait for ever.
    await answer;
    yield { type: 'input', data: 'aGk=' };
  })();
  const outputs: ExecOutput[] = [];
  for await (const one of client.exec('shop', inputs)) {
    outputs.push(one);
    answered();
  }
  expect(outputs).toEqual([output('run'), output('aGk='), { type: 'ended', exitCode: 7 }]);
});

test('an answer may end before the input, and an error reaches the client', async () => {
  const endless = (async function* (): AsyncGenerator<ExecInput> {
    yield run;
    await new Promise(() => {});
  })();
  exec = async function* (_project, inputs) {
    for await (const { type } of inputs) {
      if (type === 'run') throw new HeddleError('ERR_SERVICE_NOT_RUNNING', 'web is not running');
      yield output('');
    }
  };
  await expect(read(client.exec('shop', endless))).rejects.toMatchObject({ code: 'ERR_SERVICE_NOT_RUNNING' });
});

test('what is no line of an exec is refused', async () => {
  exec = async function* (_project, inputs) {
    for await (const _ of inputs) yield output('');
  };
  const wrong = { type: 'run', service: '', command: [] } as ExecInput;
  await expect(read(client.exec('shop', sent(wrong)))).rejects.toMatchObject({ code: 'ERR_USAGE' });
});

test('the node is told when the client goes away', async () => {
  exec = async function* (_project, _inputs, signal) {
    yield output('');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  for await (const _ of client.exec('shop', sent(run))) break;
  await expect.poll(() => gone).toBe(true);
});
