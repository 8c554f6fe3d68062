import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Running, TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';
import { until } from '../../support/until.ts';

const gatewayAddress = '127.93.0.1';
const port = 15_393;

/** What docs/howto/edge-resolvers.md says to write in a resolver, with the address of the gateway here: its block, or the code in its row. */
function documented(resolver: string): string[] {
  const page = readFileSync(path.join(root, 'docs/howto/edge-resolvers.md'), 'utf8');
  const [, block] = new RegExp(`^\`\`\`\\n# ${resolver}\\n([^\`]*)\`\`\``, 'm').exec(page) ?? [];
  if (block !== undefined) return [block.replaceAll('10.1.0.1', gatewayAddress)];
  const row = page.split('\n').find((line) => line.startsWith(`| ${resolver} |`)) ?? '';
  return [...row.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll('10.1.0.1', gatewayAddress));
}

/** How each is started with what is documented; what is around it only keeps it on loopback and in its folder. */
const resolvers: Readonly<Record<string, (folder: string, told: string[]) => [file: string, ...string[]]>> = {
  Unbound: (folder, [clauses = '']) => {
    const file = path.join(folder, 'unbound.conf');
    const server = [
      `interface: 127.0.0.1@${port}`,
      'do-daemonize: no',
      'username: ""',
      'chroot: ""',
      `directory: "${folder}"`,
      'pidfile: ""',
      'use-syslog: no',
      'do-not-query-localhost: no',
      'private-address: 10.0.0.0/8',
      // Only that it validates: nobody outside is asked.
      'trust-anchor: ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"',
    ];
    writeFileSync(file, `server:\n${server.map((line) => `  ${line}\n`).join('')}${clauses}`);
    return ['unbound', '-d', '-c', file];
  },
  BIND: (folder, [zone = '', trust = '']) => {
    const file = path.join(folder, 'named.conf');
    const listen = `listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };`;
    const own = `directory "${folder}"; pid-file none; session-keyfile none;`;
    const options = `options { ${own} ${listen} recursion yes; dnssec-validation auto; ${trust} };`;
    writeFileSync(file, `${options}\ncontrols { };\n${zone}\n`);
    return ['named', '-g', '-c', file];
  },
  dnsmasq: (folder, [server = '', rebind = '']) => {
    const file = path.join(folder, 'dnsmasq.conf');
    const own = [`port=${port}`, 'listen-address=127.0.0.1', 'bind-interfaces', 'no-resolv', 'no-hosts'];
    writeFileSync(file, [...own, 'stop-dns-rebind', server, rebind, ''].join('\n'));
    return ['dnsmasq', '--keep-in-foreground', '--user=root', '--pid-file', `--conf-file=${file}`];
  },
};

describe.each(Object.entries(resolvers))('a resolver of the company, %s', (name, prepare) => {
  const host = new TestHost();
  const file = path.join(host.folder, 'edge.yaml');
  const write = (node: string) =>
    writeFileSync(
      file,
      `
sites:
  helsinki: { gateway: [${gatewayAddress}], location: { latitude: 60.17, longitude: 24.94 } }
  berlin: { gateway: [10.2.0.1], location: { latitude: 52.52, longitude: 13.4 } }
nodes:
  h1: { site: helsinki, addresses: [10.1.0.11] }
  b1: { site: berlin, addresses: [10.2.0.11] }
services:
  shop/web: { steer: direct, ports: { http: { port: 80 } }, copies: [{ node: ${node}, address: 10.9.0.1 }] }
`,
    );
  let resolver: Running;
  const ask = async (...args: string[]) => {
    const to = ['@127.0.0.1', '-p', String(port), '+retry=0', '+timeout=2'];
    return (await host.run('kdig', [...to, ...args])).stdout;
  };
  const address = async () => (await ask('+short', 'web.edge.internal')).trim();

  beforeAll(async () => {
    write('h1');
    const listen = ['--listen', `${gatewayAddress}:53`, '--proxy', 'none'];
    host.start('edge', 'gateway', '-f', file, '--site', 'helsinki', ...listen);
    const told = documented(name);
    expect(told).not.toEqual([]);
    const [program, ...args] = prepare(host.folder, told);
    resolver = host.launch(program, args);
  });
  afterAll(() => host.remove());

  test('finds the domain with what the docs say to write', async () => {
    await until('it answers', async () => (await address()) === '10.1.0.11').catch((cause) => {
      throw new Error(resolver.printed(), { cause });
    });
    expect(await ask('+short', 'web.shop.svc.edge.internal')).toBe('10.1.0.11\n');
  });

  test('hears of a change within the TTL', async () => {
    expect(await address()).toBe('10.1.0.11');
    write('b1');
    // A resolver that kept it longer than its TTL of two seconds would do so for a long time.
    await until('the other copy is answered', async () => (await address()) === '10.2.0.11');
  });

  test('does not keep for long that a name is not there', async () => {
    expect(await ask('later.edge.internal')).toContain('status: NXDOMAIN');
    writeFileSync(file, readFileSync(file, 'utf8').replace('shop/web', 'shop/later'));
    await until(
      'it is there',
      async () => (await ask('+short', 'later.edge.internal')) === '10.2.0.11\n',
      5000,
    );
  });
});
