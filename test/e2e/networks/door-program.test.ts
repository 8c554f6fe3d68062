import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { doorProgram } from '../../support/cni.ts';
import { until } from '../../support/until.ts';

const go = 'HTTP/1.1 100 Continue\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n';

/** What the program makes of nodes that answer as no node does; here a node is whatever answers at a socket. */
describe('the doors’ program', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-door-'));
  const socket = path.join(folder, 'node.sock');
  let node: Server;
  let heard: Buffer;
  let answer: (client: Socket, said: string) => void;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    node = createServer((client) => {
      client
        .on('error', () => {})
        .on('data', (data) => {
          heard = Buffer.concat([heard, data]);
          answer(client, data.toString());
        });
    }).listen(socket);
    await once(node, 'listening');
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => {
    node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (args: readonly string[], input: Buffer | string, env: Record<string, string> = {}) => {
    heard = Buffer.alloc(0);
    const child = spawn(doorProgram, args, { env: { HEDDLE_SOCKET: socket, ...env } });
    started.push(child);
    child.stdin.on('error', () => {}).end(input);
    return child;
  };
  const run = async (...of: Parameters<typeof start>) => {
    const child = start(...of);
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    const [code] = await once(child, 'close');
    return { code, said: output === '' ? undefined : JSON.parse(output) };
  };
  const cni = { CNI_COMMAND: 'ADD' };

  test('hands over every byte, and prints what is answered', async () => {
    answer = (client, said) => {
      if (said.includes('Expect')) client.write(go);
    };
    const input = Buffer.from([0x22, 0x5c, 0, 1, 0x0a, 0xc3, 0xa4, 0x7f]);
    const child = start(['setup', '/run/netns/"x"'], input);
    await until('it is handed over', () => heard.includes('}'));
    const [, body = ''] = heard.toString().split('\r\n\r\n');
    expect(JSON.parse(body)).toEqual({
      door: 'netavark',
      args: ['setup', '/run/netns/"x"'],
      env: {},
      input: input.toString(),
    });
    child.kill('SIGKILL');
    answer = (client, said) => {
      if (said.includes('Expect')) client.end(`${go}${ok}3\n{"a":1}\n`);
    };
    expect(await run(['create'], '{}')).toMatchObject({ code: 3, said: { a: 1 } });
  });

  test('complains of a node that is silent', async () => {
    answer = () => {};
    expect(await run([], '{"cniVersion":"0.4.0"}', cni)).toMatchObject({
      code: 1,
      said: { cniVersion: '0.4.0', code: 11, msg: expect.stringContaining('timed out') },
    });
  });

  test.each([
    ['closes', (client: Socket) => client.destroy(), /reset/],
    ['speaks something else', (client: Socket) => client.end('SSH-2.0\r\n\r\n'), /another version/],
    ['knows no doors', (client: Socket) => client.end('HTTP/1.1 404 x\r\n\r\n{}'), /another version/],
    ['ends in the middle', (client: Socket) => client.end(`${go}HTTP/1.1 200 OK\r\n`), /another version/],
    ['answers without end', (client: Socket) => client.write(`${go}${ok}${'x'.repeat(5 << 20)}`), /too long/],
  ])('complains of a node that %s', async (_, says, why) => {
    let times = 0;
    answer = (client) => {
      if (times++ === 0) says(client);
    };
    expect(await run([], '{', cni)).toMatchObject({
      code: 1,
      said: { cniVersion: '1.0.0', code: 11, msg: expect.stringMatching(why) },
    });
    times = 0;
    expect(await run(['create'], '{}')).toMatchObject({
      code: 1,
      said: { error: expect.stringMatching(why) },
    });
  });

  test('complains of what is longer than any configuration, and asks no node', async () => {
    answer = () => {};
    const outcome = await run([], `{"cniVersion":"1.1.0","x":"${'x'.repeat(2 << 20)}"}`, cni);
    expect(outcome).toMatchObject({ code: 1, said: { code: 5, msg: expect.stringContaining('too long') } });
    expect(heard).toHaveLength(0);
  });

  test('is refused by the node’s socket to who is not root', () => {
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--', doorProgram];
    const { status, stdout } = spawnSync('setpriv', nobody, {
      input: '{}',
      env: { ...cni, HEDDLE_SOCKET: socket },
      encoding: 'utf8',
    });
    expect([status, JSON.parse(stdout)]).toEqual([
      1,
      { cniVersion: '1.0.0', code: 11, msg: expect.stringContaining('Permission denied') },
    ]);
  });

  test('answers Docker whatever it sends, and nobody who sends too much', async () => {
    const plugin = path.join(folder, 'docker.sock');
    const listener = start(['docker', plugin], '');
    listener.stdout.resume();
    await once(listener.stdout, 'close');
    answer = (client, said) => {
      client.write(said.includes('Expect') ? go : `${ok}2\n{"Err":"none"}\n`);
      if (!said.includes('Expect')) client.end();
    };
    const ask = async (text: string) => {
      const client = connect(plugin).on('error', () => {});
      let said = '';
      client.on('data', (data) => {
        said += data;
      });
      client.write(text);
      await new Promise((resolve) => client.on('close', resolve));
      return said;
    };
    const post = (head: string, body = '') => ask(`POST /${head}\r\n\r\n${body}`);
    expect(await post('A.B HTTP/1.1\r\ncontent-length: 2', '{}')).toMatch(/^HTTP\/1.1 404 .*"none"/s);
    expect(heard.toString()).toContain('"args":["A.B"],"env":{},"input":"{}"');
    expect(await ask('GARBAGE\r\n\r\n')).toMatch(/^HTTP\/1.1 404 /);
    for (const length of ['9999999', '-1']) expect(await post(`A.B x\r\nContent-Length: ${length}`)).toBe('');
    expect(await ask('x'.repeat(2 << 20))).toBe('');
    // A second listener leaves the first alone.
    expect(spawnSync(doorProgram, ['docker', plugin]).status).toBe(1);
    answer = (client) => client.destroy();
    expect(await post('A.B x\r\nContent-Length: 0')).toMatch(
      /^HTTP\/1.1 200 .*"Err":"Heddle's node .*"Error":/s,
    );
    listener.kill('SIGTERM');
    await once(listener, 'exit');
    expect(existsSync(plugin)).toBe(false);
  });
});
