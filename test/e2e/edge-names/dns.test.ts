import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../../src/edge/view/message.ts';
import { root } from '../../support/installed.ts';
import { run } from '../../support/run.ts';
import { copyOn, deltaOf, serviceOf, snapshotOf } from '../../support/site-zone.ts';

/** A gateway's DNS server in a process of its own, and what kdig is told by it. */
class Gateway {
  readonly #child: ChildProcess;
  readonly #said: AsyncIterator<string>;
  #port = 0;

  private constructor(file: string) {
    this.#child = spawn(process.execPath, [path.join(root, 'test/support/dns-process.ts'), file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#said = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(file: string): Promise<Gateway> {
    const gateway = new Gateway(file);
    gateway.#port = (JSON.parse((await gateway.#said.next()).value) as { port: number }).port;
    return gateway;
  }

  /** Returns when it was done. */
  async tell(message: Message | { stale: boolean }): Promise<void> {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
    await this.#said.next();
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    // One that ended already says so no second time.
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    await closed;
  }

  async kdig(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run('kdig', [
      '@127.0.0.1',
      '-p',
      String(this.#port),
      '+retry=0',
      ...args,
    ]);
    if (code !== 0) throw new Error(`kdig ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  }

  async short(...args: readonly string[]): Promise<string[]> {
    return (await this.kdig('+short', ...args)).split('\n').filter((line) => line !== '');
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-dns-'));
const file = path.join(folder, 'view');
const svc = 'shop.svc.edge.internal';

describe('a gateway asked by kdig', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    const copies = Array.from({ length: 40 }, (_, index) =>
      copyOn(`n${index}`, 'oulu', { id: `big-${index}` }),
    );
    const { view, ...rest } = snapshotOf(serviceOf('big', { copies }));
    const nodes = copies.map(({ node }, index) => [node, [`fd00:7::${index + 1}`, `10.7.0.${index + 1}`]]);
    gateway = await Gateway.start(file);
    await gateway.tell({
      ...rest,
      view: { ...view, nodes: { ...view.nodes, ...Object.fromEntries(nodes) } },
    });
    await gateway.tell({ stale: false });
  });
  afterAll(async () => {
    await gateway.end();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['A', `web.${svc}`, ['10.1.0.1']],
    ['AAAA', `web.${svc}`, ['fd00:1::1']],
    ['TXT', `web.${svc}`, ['"site=helsinki"']],
    ['SRV', `_http._tcp.db.${svc}`, ['0 1 80 oulu-1.node.edge.internal.']],
    ['NS', 'edge.internal', ['ns.edge.internal.']],
    [
      'SOA',
      'edge.internal',
      [expect.stringMatching(/^ns\.edge\.internal\. hostmaster\.edge\.internal\. 1\d{9} 60 10 604800 2$/)],
    ],
    ['ANY', `web.${svc}`, ['"RFC8482" ""']],
  ])('%s %s', async (type, name, data) => {
    expect(await gateway.short(name, type)).toEqual(data);
    expect(await gateway.short(name, type, '+tcp')).toEqual(data);
  });

  test('says that there is no such name, or nothing of that type, and for how long', async () => {
    const absent = await gateway.kdig('nope.edge.internal');
    expect(absent).toMatch(/status: NXDOMAIN/);
    expect(absent).toMatch(/^edge\.internal\.\s+2\s+IN\s+SOA/m);
    const empty = await gateway.kdig(svc);
    expect(empty).toMatch(/status: NOERROR.*\n.*ANSWER: 0; AUTHORITY: 1/);
  });

  test('says who it is, gives a cookie, and takes it again', async () => {
    const answer = await gateway.kdig(`web.${svc}`, '+nsid', '+cookie');
    expect(answer).toMatch(/NSID: .*"helsinki-1"/);
    expect(answer).toMatch(/COOKIE: [0-9A-F]{16}01000000[0-9A-F]{24}$/m);
    expect(answer).toMatch(/UDP size: 1232 B/);
  });

  test('cuts what does not fit over UDP, and gives it over TCP', async () => {
    expect(await gateway.kdig(`big.${svc}`, 'AAAA', '+bufsize=512', '+ignore')).toMatch(
      /Flags: .*\btc\b.*ANSWER: 0/,
    );
    expect(await gateway.short(`big.${svc}`, 'AAAA', '+bufsize=512')).toHaveLength(40);
    expect(await gateway.short(`big.${svc}`, 'A', '+bufsize=4096', '+ignore')).toHaveLength(40);
  });

  test('refuses the whole zone, and names of others', async () => {
    expect(await gateway.kdig('example.org')).toMatch(/status: REFUSED/);
    await expect(gateway.kdig('edge.internal', 'AXFR')).rejects.toThrow(/REFUSED/);
  });

  test('answers from a change at once', async () => {
    await gateway.tell(
      deltaOf({ set: { 'shop/db': serviceOf('db', { copies: [copyOn('hel-1', 'helsinki')] }) } }),
    );
    expect(await gateway.short(`db.${svc}`)).toEqual(['10.1.0.11']);
  });

  test('killed and started while cut off, it answers what it knew last, and says that it may be old', async () => {
    await gateway.end('SIGKILL');
    gateway = await Gateway.start(file);
    const answer = await gateway.kdig(`db.${svc}`, '+edns');
    expect(answer).toMatch(/IN\s+A\s+10\.1\.0\.11/);
    expect(answer).toMatch(/EDE: 3 \(Stale Answer\)/);
    expect(await gateway.kdig('nope.edge.internal', '+edns')).toMatch(/EDE: 19/);
    await gateway.tell({ stale: false });
    expect(await gateway.kdig(`db.${svc}`, '+edns')).not.toMatch(/EDE/);
  });
});
