import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/networks/standard/endpoint.ts';
import type { SiteHost } from '../../support/site-host.ts';
import { SitesLab } from '../../support/sites-lab.ts';
import { until } from '../../support/until.ts';

// A network on which each endpoint has a proxy, between two hosts: what they say to each other is TLS, and each proves who it is.
const lab = new SitesLab({ hosts: { one: 'podman', two: 'podman' } });
const [one, two] = [lab.host('one'), lab.host('two')];

/** Says who asked. */
const page =
  'mkdir -p /tmp/www/cgi-bin && cd /tmp/www/cgi-bin && printf "#!/bin/sh\\necho; echo from \\$$REMOTE_ADDR" > who && chmod +x who';
const file = `
services:
  web: { image: localhost/heddle-test/tiny, init: true, networks: [lab], stop_grace_period: 1s, x-heddle: { place: one } }
  stranger: { image: localhost/heddle-test/tiny, init: true, networks: [other], stop_grace_period: 1s, x-heddle: { place: one } }
  db:
    image: localhost/heddle-test/tiny
    init: true
    networks: [lab, other]
    stop_grace_period: 1s
    ports: ["18123:80"]
    command: sh -c '${page} && busybox httpd -f -p 80 -h /tmp/www'
    x-heddle: { place: two }
networks:
  lab:
    ipam: { config: [{ subnet: 10.79.0.0/24 }, { subnet: "fd79::/64" }] }
    x-heddle: { archetype: mesh }
  other: { x-heddle: { archetype: mesh } }
`;
const project = one.project('mesh', file);

const pidOf = (host: SiteHost, service: string) =>
  host.container('inspect', `mesh-${service}-1`, '--format', '{{.State.Pid}}');
/** A program of the host’s, where a service is. */
const beside = (host: SiteHost, service: string, ...command: string[]) =>
  host.run('nsenter', [`--net=/proc/${pidOf(host, service)}/ns/net`, '--', ...command]);
const asks = (host: SiteHost, service: string, url: string) =>
  host.container('exec', `mesh-${service}-1`, 'timeout', '5', 'busybox', 'wget', '-q', '-O', '-', url);
const answers = (service: string, url: string) =>
  until(`${service} is answered by ${url}`, () => asks(one, service, url).startsWith('from '));
const addressesOf = async (name: string, network = 'mesh_lab') =>
  (await one.json<Endpoint[]>('endpoint', 'ls', network)).find((endpoint) => endpoint.name === name)?.options[
    'addresses'
  ] as string[];
const proxies = (host: SiteHost) =>
  host.room
    .run('ps', '-eo', 'pid,args')
    .split('\n')
    .filter((line) => /\d haproxy /.test(line));

beforeAll(() => lab.start());
afterAll(() => lab.remove());

describe('a mesh', () => {
  test('carries what is said by TCP, over both families, in the name of who says it', async () => {
    await one.ok('up', ...project);
    await answers('web', 'http://db/cgi-bin/who');
    const [here, there] = [await addressesOf('mesh-web-1'), await addressesOf('mesh-db-1')];
    for (const [at, address] of there.entries()) {
      const literal = address.includes(':') ? `[${address}]` : address;
      expect(asks(one, 'web', `http://${literal}/cgi-bin/who`)).toContain(here[at]);
    }
    await answers('stranger', 'http://db/cgi-bin/who');
    expect(await one.json('plan', ...project)).toEqual([]);
  });

  test('lets nobody on the way read it', async () => {
    const tunnel = one.room.run('ip', '-br', 'link', 'show', 'type', 'vxlan').match(/^ho\w+/m)?.[0] ?? '';
    const capture = one.launch('tcpdump', ['-A', '-n', '-l', '-i', tunnel, '-c', '200']);
    await until('it captures', () => capture.printed().includes('listening on'));
    await until('it is seen', () => {
      asks(one, 'web', 'http://db/cgi-bin/who');
      asks(one, 'stranger', 'http://db/cgi-bin/who');
      return capture.printed().includes('.15008');
    });
    process.kill(one.room.childOf(capture.pid), 'SIGINT');
    expect(capture.printed()).not.toMatch(/HTTP|cgi-bin|\.80:/);
  });

  test('lets nobody in who does not prove who it is', async () => {
    const [address = ''] = await addressesOf('mesh-db-1');
    const get = `GET /cgi-bin/who HTTP/1.0\r\n\r\n`;
    const plain = (port: number) =>
      `const s=require('net').connect(${port},'${address}',()=>s.end(${JSON.stringify(get)}));s.on('error',(e)=>console.log(e.code));s.pipe(process.stdout)`;
    const tls = (more: string) =>
      `const s=require('tls').connect({host:'${address}',port:15008,servername:'80.${address}.mesh',rejectUnauthorized:false,${more}},()=>s.end(${JSON.stringify(get)}));s.on('error',(e)=>console.log(e.code));s.pipe(process.stdout)`;
    const asked = async (program: string) =>
      (await beside(one, 'web', process.execPath, '-e', program)).stdout;
    // As one that is root where its proxy is, and leads nothing there any more.
    const table =
      (await beside(one, 'web', 'nft', 'list', 'tables')).stdout.match(/heddle_mesh_\w+/)?.[0] ?? '';
    await beside(one, 'web', 'nft', 'delete', 'table', 'inet', table);
    expect(await asked(plain(80))).toBe('ECONNREFUSED\n');
    expect(await asked(plain(15_008))).not.toContain('from ');
    expect(await asked(tls(''))).not.toContain('from ');
    // One that is somebody, on another network.
    const folder = one.room.run('find', '/run', '/var/lib', one.folder, '-name', 'own.pem').split('\n');
    const pems = await Promise.all(folder.filter(Boolean).map(async (one_) => one.room.run('cat', one_)));
    const own = pems.filter((pem) => pem.includes('PRIVATE KEY'));
    expect(own).toHaveLength(2);
    const with_ = await Promise.all(
      own.map((pem) => asked(tls(`cert:${JSON.stringify(pem)},key:${JSON.stringify(pem)}`))),
    );
    // The control: with its own it is let in, and with that of the other network it is not.
    expect(with_.filter((said) => said.includes('from '))).toHaveLength(1);
    await answers('web', 'http://db/cgi-bin/who');
    await until('it is mended', async () =>
      (await beside(one, 'web', 'nft', 'list', 'tables')).stdout.includes(table),
    );
  });

  test('refuses UDP between endpoints, and answers at published ports', async () => {
    const [address = ''] = await addressesOf('mesh-db-1');
    const echo = two.launch('nsenter', [
      `--net=/proc/${pidOf(two, 'db')}/ns/net`,
      '--',
      process.execPath,
      '-e',
      "const s=require('dgram').createSocket('udp4');s.on('message',(m,r)=>s.send(m,r.port,r.address));s.bind(5353,()=>console.log('bound'))",
    ]);
    await until('it listens', () => echo.printed().includes('bound'));
    const ask = (to: string) =>
      `const s=require('dgram').createSocket('udp4');s.on('message',()=>{console.log('answered');process.exit()});s.send('x',5353,'${to}');setTimeout(()=>process.exit(),700)`;
    expect((await beside(two, 'db', process.execPath, '-e', ask(address))).stdout).toBe('answered\n');
    expect((await beside(one, 'web', process.execPath, '-e', ask(address))).stdout).toBe('');
    process.kill(two.room.childOf(echo.pid), 'SIGKILL');
    expect(two.room.run('curl', '-s', `http://127.0.0.1:18123/cgi-bin/who`)).toContain('from ');
  });

  test('goes on while a node is away; without a proxy nothing passes, and it comes back', async () => {
    process.kill(await two.nodePid(), 'SIGKILL');
    await answers('web', 'http://db/cgi-bin/who');
    for (const line of proxies(two)) two.room.run('kill', '-KILL', String(Number.parseInt(line, 10)));
    expect(() => asks(one, 'web', 'http://db/cgi-bin/who')).toThrow();
    await two.startNode();
    await answers('web', 'http://db/cgi-bin/who');
  });

  test('leaves nothing', async () => {
    await one.ok('down', ...project);
    for (const host of [one, two]) {
      expect(proxies(host)).toEqual([]);
      expect(host.room.run('nft', 'list', 'tables')).not.toContain('heddle_mesh');
    }
  });
});
