import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ask, Clients, exchange, type Target } from '../support/edge-client.ts';
import { EdgeCopy } from '../support/edge-copy.ts';
import { isAlive, type Running, TestHost } from '../support/host.ts';
import { until } from '../support/until.ts';

const gatewayAddress = '127.83.0.1';
const sites = `
sites:
  helsinki: { gateway: [${gatewayAddress}], location: { latitude: 60.17, longitude: 24.94 } }
  berlin: { gateway: [127.83.0.2], location: { latitude: 52.52, longitude: 13.4 } }
  madrid: { gateway: [127.83.0.3], location: { latitude: 40.42, longitude: -3.7 } }
nodes:
  h1: { site: helsinki, addresses: [127.83.1.1] }
  b1: { site: berlin, addresses: [127.83.2.1] }
  m1: { site: madrid, addresses: [127.83.3.1] }
services:
`;
const copies = {
  h1: new EdgeCopy('h1', '127.83.1.1'),
  h2: new EdgeCopy('h2', '127.83.1.2'),
  b1: new EdgeCopy('b1', '127.83.2.1'),
  m1: new EdgeCopy('m1', '127.83.3.1'),
};
type Name = keyof typeof copies;

const service = (name: string, ports: string, ...names: readonly Name[]) => {
  const all = names.map(
    (one) => `{ id: ${one}, node: ${one[0]}1, address: ${copies[one].address}, ports: { main: 8080 } }`,
  );
  return `  shop/${name}: { ports: { main: ${ports} }, copies: [${all.join(', ')}] }\n`;
};
const http = '{ port: 80, application: http }';
const stream = (port: number) => `{ port: ${port} }`;

/** What a look at something that may be gone gives. */
function glance<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

describe.each(['haproxy', 'nginx'])('a gateway with %s', (program) => {
  const host = new TestHost();
  const edgeFile = path.join(host.folder, 'edge.yaml');
  const certificates = path.join(host.folder, 'certificates');
  const folder = path.join(host.stateDir, 'edge/helsinki/proxy');
  let gateway: Running;
  let clients: Clients[] = [];
  const write = (...services: readonly string[]) => writeFileSync(edgeFile, sites + services.join(''));
  const start = () => {
    const listen = ['--listen', `${gatewayAddress}:15353`];
    const proxy = ['--proxy', program, '--certificates', certificates];
    gateway = host.start('edge', 'gateway', '-f', edgeFile, '--site', 'helsinki', ...listen, ...proxy);
  };
  const web: Target = { address: gatewayAddress, host: 'web.edge.internal' };
  const who = async (target: Partial<Target> = {}) => (await ask({ ...web, ...target })).body.split(' ')[0];
  const load = (target: Partial<Target> = {}) => {
    // A program that closes idle connections when it is told to read its configuration anew may do so just when a client
    // begins to write on one: HAProxy is told not to.
    clients = [new Clients({ ...web, ...target }, 4, false)];
    if (program === 'haproxy') clients.push(new Clients({ ...web, ...target }, 4, true));
  };
  const more = async (count: number) => {
    const total = () => Math.min(...clients.map((one) => one.total));
    const before = total();
    await until(`${count} more requests`, () => total() >= before + count);
  };
  /** Process ids of what was started for the gateway's folder. */
  const programs = () =>
    readdirSync('/proc').flatMap((pid) => {
      if (!/^\d+$/.test(pid)) return [];
      const words = glance(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      return words?.startsWith(program) && words.includes(`${folder}/`) ? [Number(pid)] : [];
    });
  const certify = (days: string) => {
    const [key, file] = ['key', 'cert'].map((name) => path.join(host.folder, name)) as [string, string];
    const name = '*.edge.internal';
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', days];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', file], {
      stdio: 'ignore',
    });
    const both = readFileSync(file, 'utf8') + readFileSync(key, 'utf8');
    writeFileSync(path.join(certificates, 'edge.pem'), both, { mode: 0o600 });
  };

  beforeAll(async () => {
    mkdirSync(certificates);
    certify('2');
    await Promise.all(Object.values(copies).map((one) => one.start()));
    write(service('web', http, 'b1', 'm1'), service('raw', stream(7000), 'm1', 'b1'));
    start();
    await until('it leads to a copy', async () => (await who()) === 'b1');
  });
  afterEach(async () => {
    await Promise.all(clients.map((one) => one.stop()));
    clients = [];
  });
  afterAll(async () => {
    await host.remove();
    await Promise.all(Object.values(copies).map((one) => one.kill()));
    await until('nothing is left', () => programs().length === 0);
  });

  test('leads to the nearest copy, by each of its names and by path, and says who asked', async () => {
    for (const name of ['web.shop.svc.edge.internal', 'WEB.edge.internal.', 'web.edge.internal:80'])
      expect((await ask({ ...web, host: name, path: '/a?b' })).body).toBe('b1 /a?b');
    expect((await ask({ address: gatewayAddress, path: '/web/a/b?c' })).body).toBe('b1 /a/b?c');
    expect(copies.b1.headers).toMatchObject({
      'x-forwarded-for': expect.stringMatching(/^127\./),
      'x-forwarded-proto': 'http',
      'x-forwarded-prefix': '/web',
    });
    expect((await ask({ address: gatewayAddress, path: '/web' })).status).toBe(308);
    expect(await exchange(gatewayAddress, 7000, 'GET /raw HTTP/1.0\r\n\r\n')).toMatch(/b1 \/raw/);
  });

  test('carries a WebSocket, over a change as well', async () => {
    const socket = new WebSocket(`ws://${gatewayAddress}/web/`);
    const heard: string[] = [];
    socket.onmessage = ({ data }) => heard.push(String(data));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    socket.send('one');
    await until('it is heard', () => heard.length === 1);
    write(service('web', http, 'h1', 'b1', 'm1'), service('raw', stream(7000), 'm1', 'b1'));
    await until('a nearer copy is used', async () => (await who()) === 'h1');
    socket.send('two');
    await until('it is heard', () => heard.length === 2);
    expect(heard).toEqual(['b1 heard one', 'b1 heard two']);
    socket.close();
    write(service('web', http, 'b1', 'm1'), service('raw', stream(7000), 'm1', 'b1'));
    await until('it is gone', async () => (await who()) === 'b1');
  });

  test('speaks HTTPS with certificates from files, and with new ones soon', async () => {
    const fetch = async () => {
      const { stdout } = await host.run('curl', [
        '-sS',
        '--cacert',
        path.join(certificates, 'edge.pem'),
        '--resolve',
        `web.edge.internal:443:${gatewayAddress}`,
        'https://web.edge.internal/x',
      ]);
      return stdout;
    };
    expect(await fetch()).toBe('b1 /x');
    expect(copies.b1.headers['x-forwarded-proto']).toBe('https');
    certify('3');
    await until('the new certificate is shown', async () => (await fetch()) === 'b1 /x');
  });

  test('lists every service, where it is, how far, and how it is reached', async () => {
    const { status, body } = await ask({ address: gatewayAddress });
    expect(status).toBe(200);
    expect(body).toContain('berlin, b1, 11.1 ms<br>madrid, m1, 29.5 ms, spare');
    expect(body).toContain('href="http://web.edge.internal/"');
    expect(body).toContain(`href="https://${gatewayAddress}/web/"`);
    expect(body).toContain('helsinki.gateway.edge.internal:7000');
    expect((await ask({ address: gatewayAddress, path: '/nope' })).status).toBe(404);
  });

  test('leads to the next copy when the nearest is killed, and back when it is there again', async () => {
    load();
    await more(50);
    await copies.b1.kill();
    const took = await until('the next answers', async () => (await who()) === 'm1', 5000, 10);
    expect(took).toBeLessThan(1000);
    await more(50);
    await copies.b1.start();
    await until('the nearest is used again', async () => (await who()) === 'b1', 5000);
    // Those that were under way to the copy may be lost, when it may have begun to do what they asked for.
    for (const { failures } of clients) expect(failures.length).toBeLessThanOrEqual(4);
  });

  test('loses no request while copies come, change and go', async () => {
    const before = programs();
    load();
    await more(100);
    for (const names of [
      ['h1', 'b1', 'm1'],
      ['h1', 'b1'],
      ['h1', 'h2', 'b1', 'm1'],
      ['h2', 'm1'],
      ['m1'],
      ['b1', 'm1'],
    ]) {
      write(service('web', http, ...(names as Name[])), service('raw', stream(7000), 'm1', 'b1'));
      await until('the change is made', async () =>
        names.filter((one) => one.startsWith(names[0]![0]!)).includes((await who()) ?? ''),
      );
      await more(200);
    }
    await Promise.all(clients.map((one) => one.stop()));
    for (const one of clients) {
      expect(one.failures).toEqual([]);
      expect(one.total).toBeGreaterThan(1000);
    }
    expect(programs()).toEqual(before);
  });

  test('loses no request while services and ports come and go', async () => {
    load();
    await more(100);
    for (let round = 0; round < 5; round++) {
      const extra = service(`extra${round}`, http, 'm1') + service('other', stream(7001 + round), 'm1');
      write(service('web', http, 'b1', 'm1'), service('raw', stream(7000), 'm1', 'b1'), extra);
      await until(
        'the new service answers',
        async () => (await who({ host: `extra${round}.edge.internal` })) === 'm1',
      );
      await until('the new port answers', () =>
        exchange(gatewayAddress, 7001 + round, 'GET / HTTP/1.0\r\n\r\n').then(Boolean),
      );
      await more(200);
    }
    await Promise.all(clients.map((one) => one.stop()));
    for (const one of clients) {
      expect(one.failures).toEqual([]);
      expect(one.total).toBeGreaterThan(1000);
    }
  });

  test('starts the program again when it is killed', async () => {
    const [pid] = programs();
    process.kill(pid as number, 'SIGKILL');
    const isAnother = () => programs().some((one) => one !== pid);
    const isBack = async () => isAnother() && (await who()) === 'b1';
    const took = await until('it leads on again', isBack, 5000, 10);
    expect(took).toBeLessThan(3000);
    expect(isAlive(pid as number)).toBe(false);
    expect(gateway.printed()).toContain('it is started again');
  });

  test('is killed: the program goes on, and the next gateway takes it over', async () => {
    load();
    await more(50);
    process.kill(gateway.pid, 'SIGKILL');
    await until('it is gone', () => !isAlive(gateway.pid));
    await more(50);
    write(service('web', http, 'h1', 'b1'), service('raw', stream(7000), 'm1', 'b1'));
    start();
    await until('the new gateway leads', async () => (await who()) === 'h1');
    await more(50);
    await Promise.all(clients.map((one) => one.stop()));
    for (const one of clients) expect(one.failures).toEqual([]);
    expect(gateway.printed()).not.toContain('"level":50');
    await until('there is one', () => programs().length === 1);
  });

  test('says which port another program has, serves the rest, and takes the port when it is free', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(7100, gatewayAddress, resolve));
    write(
      service('web', http, 'b1'),
      service('taken', stream(7100), 'b1'),
      service('free', stream(7101), 'b1'),
    );
    await until('it says so', () =>
      gateway.printed().includes(`cannot listen on ${gatewayAddress}:7100 (TCP)`),
    );
    expect(gateway.printed()).toMatch(/"code":"ERR_EDGE_LISTEN".*another program listens there/);
    const raw = (port: number) => exchange(gatewayAddress, port, 'GET / HTTP/1.0\r\n\r\n');
    await until('the rest is served', async () => (await raw(7101)).includes('b1'));
    expect((await ask({ address: gatewayAddress })).body).toMatch(/not on port 7100: .*another program/);
    other.close();
    await until('it is served', async () => (await raw(7100)).includes('b1'));
  });

  test('at a node leads to the copies there first, also of services that clients reach directly', async () => {
    const direct = service('db', http, 'b1', 'm1').replace('{ ports', '{ steer: direct, ports');
    write(service('web', http, 'b1'), direct);
    const node = host.start('edge', 'proxy', '-f', edgeFile, '--node', 'm1', '--proxy', program);
    const there = { address: '127.83.3.1', host: 'db.edge.internal' };
    await until('it leads to the copy at the node', async () => (await who(there)) === 'm1');
    await copies.m1.kill();
    await until('it leads to the next', async () => (await who(there)) === 'b1');
    await copies.m1.start();
    await until('and back', async () => (await who(there)) === 'm1');
    await node.end();
    await expect(ask(there)).rejects.toThrow(/ECONNREFUSED/);
    const wrong = await host.heddle('edge', 'proxy', '-f', edgeFile, '--node', 'm2', '--proxy', program);
    expect(wrong.stderr).toMatch(/ERR_EDGE_FILE|has no node "m2"/);
    expect(wrong.code).toBe(1);
  });

  test('keeps what it needs to itself', () => {
    const mode = execFileSync('stat', ['-c', '%a', folder], { encoding: 'utf8' }).trim();
    expect(mode).toBe('700');
    const [pid] = programs();
    const children = execFileSync('sh', ['-c', `ps -o user= -p ${pid} --ppid ${pid}`], { encoding: 'utf8' });
    expect(children).toMatch(/haproxy|www-data/);
    expect(readFileSync(path.join(folder, 'listening.json'), 'utf8')).toContain(`${gatewayAddress}:80`);
  });
});
