import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BalancedEdge, copies, copies6, gateway, gateway6, inner } from '../../support/balanced-edge.ts';
import { until } from '../../support/until.ts';

const ports = (count: number, first = 20_000) => Array.from({ length: count }, (_, index) => first + index);
const [gone = '', ...rest] = copies;
type Answers = Record<string, string>;

function counts(answers: Answers): Answers | Record<string, number> {
  const all = Map.groupBy(Object.values(answers), (one) => one);
  return Object.fromEntries([...all].map(([copy, { length }]) => [copy, length]));
}

/** Client ports that another copy answers than before. */
const moved = (before: Answers, after: Answers) =>
  Object.keys(before).filter((port) => before[port] !== after[port]);

describe('a gateway at layer 4', () => {
  const edge = new BalancedEdge();
  const others = 'table inet others { chain x { type filter hook forward priority 0; counter; }; }';
  beforeAll(async () => {
    await edge.open();
    edge.inside('gateway', 'nft', others);
  });
  afterAll(() => edge.close());
  beforeEach(async () => {
    edge.write(...copies);
    edge.start();
    await edge.leadsTo(...copies);
  });
  afterEach(() => edge.gateway.end());

  /** As if it had never heard of any connection. */
  const forget = () => edge.inside('gateway', 'conntrack', '-F');
  const leadTo = async (...names: readonly string[]) => {
    edge.write(...names);
    await edge.leadsTo(...names);
  };
  /** Kills the gateway; what the kernel was told stays. */
  const kill = async () => {
    await edge.gateway.end('SIGKILL');
  };

  test('leads TCP and UDP to all copies alike, and answers come back through it', async () => {
    for (const protocol of ['tcp', 'udp'] as const) {
      const found = counts(await edge.whoAnswers(protocol, ports(500)));
      expect(Object.keys(found).sort()).toEqual(copies);
      for (const count of Object.values(found)) expect(Math.abs(Number(count) - 100)).toBeLessThan(30);
    }
    const answer = await edge.order({ to: gateway, port: 5432, from: [20_001] });
    expect(answer).toEqual({ 20001: expect.stringMatching(new RegExp(` (::ffff:)?${inner}$`)) });
  });

  test('is explained', async () => {
    const explained = await edge.host.ok('edge', 'explain', 'sql', '--at', 'helsinki', '-f', edge.file);
    expect(explained).toMatch(/^10\.84\.2\.11 .* chosen /m);
    expect(explained).toContain('At layer 4, by nftables at the gateway: main (5432/tcp).');
  });

  test('leads IPv6 to the copies that have it', async () => {
    edge.write(...copies, ...copies6);
    await until('both answer', async () => {
      const found = counts(await edge.whoAnswers('udp', ports(40), gateway6));
      return Object.keys(found).sort().join() === copies6.join();
    });
    expect(Object.keys(counts(await edge.whoAnswers('tcp', ports(40), gateway6))).sort()).toEqual(copies6);
  });

  test('moves little more than the share of a copy that goes, and the same back when it is there again', async () => {
    const before = await edge.whoAnswers('tcp', ports(1000));
    await leadTo(...rest);
    forget();
    const without = await edge.whoAnswers('tcp', ports(1000));
    expect(Object.values(without)).not.toContain(gone);
    const its = Object.values(before).filter((one) => one === gone).length;
    const changed = moved(before, without);
    expect(its).toBeGreaterThan(150);
    expect(changed.length).toBeGreaterThanOrEqual(its);
    expect(changed.length).toBeLessThan(its + 30);
    await leadTo(...copies);
    forget();
    expect(await edge.whoAnswers('tcp', ports(1000))).toEqual(before);
  });

  test('keeps an open connection where it is while copies come and go, that of its copy too', async () => {
    const copy = await edge.connect();
    for (const names of [copies.filter((one) => one !== copy), [copy], rest, copies]) {
      await leadTo(...names);
      expect(await edge.say()).toBe(copy);
    }
  });

  test('leads UDP clients of a copy that is gone to others, and no other client', async () => {
    const before = await edge.whoAnswers('udp', ports(300));
    await leadTo(...rest);
    let after: Answers = {};
    await until('nobody asks what is gone', async () => {
      after = await edge.whoAnswers('udp', ports(300));
      return !Object.values(after).includes(gone);
    });
    const clients = Object.keys(before).filter((port) => before[port] === gone);
    expect(moved(before, after)).toEqual(clients);
  });

  test('a UDP flow stays with a copy that is on its way out, and leaves it at once when that has ended', async () => {
    const from = 20_000;
    const copy = (await edge.whoAnswers('udp', [from]))[from] ?? '';
    const others = copies.filter((one) => one !== copy);
    const took: number[] = [];
    for (let round = 0; round < 5; round++) {
      edge.writeDraining([copy], ...others);
      await edge.leadsTo(...others);
      expect((await edge.whoAnswers('udp', [from]))[from]).toBe(copy);
      const began = performance.now();
      edge.write(...others);
      // A datagram that is lost on the way is asked again soon, and is no answer of another.
      const isElsewhere = async () => {
        const { [from]: answer = '' } = await edge.whoAnswers('udp', [from], undefined, 50);
        return others.includes(answer);
      };
      await until('it leaves', isElsewhere, 5000, 5);
      took.push(performance.now() - began);
      edge.write(...copies);
      await edge.leadsTo(...copies);
      forget();
      expect((await edge.whoAnswers('udp', [from]))[from]).toBe(copy);
    }
    console.log(`a UDP flow left a copy that had ended within ${took.map(Math.round)} ms`);
    expect(Math.max(...took)).toBeLessThan(500);
  });

  test('leaves a copy that is killed within a second, and has it again when it is back', async () => {
    const clients = await edge.whoAnswers('tcp', ports(100));
    await edge.hasMet(copies.length);
    await edge.first.end('SIGKILL');
    // Within a second; the rest is for nft, which is asked again and again here what the rules are.
    expect(await edge.leadsTo(...rest)).toBeLessThan(1500);
    expect(rest).toEqual(expect.arrayContaining(Object.values(await edge.whoAnswers('tcp', ports(100)))));
    edge.first = await edge.startCopy(gone);
    await edge.leadsTo(...copies);
    forget();
    expect(await edge.whoAnswers('tcp', ports(100))).toEqual(clients);
  });

  test('is killed: all goes on, and the next one takes over what the kernel does', async () => {
    const copy = await edge.connect();
    const before = await edge.whoAnswers('udp', ports(200));
    await kill();
    expect(await edge.say()).toBe(copy);
    expect(await edge.whoAnswers('udp', ports(200))).toEqual(before);
    // While nobody looked the file became another one.
    edge.write(...copies.slice(1, 4));
    edge.start();
    await edge.leadsTo(...copies.slice(1, 4));
    expect(await edge.say()).toBe(copy);
  });

  test('is lost with all that its kernel knew: who takes both its addresses leads on what was open', async () => {
    const copy = await edge.connect();
    await kill();
    edge.inside('gateway', 'nft', 'delete table inet heddle-edge-helsinki');
    forget();
    edge.start();
    await edge.leadsTo(...copies);
    expect(await edge.say()).toBe(copy);
  });

  test('a second one that finds the ports of the first taken leaves its rules alone', async () => {
    const copy = await edge.connect();
    const first = edge.gateway;
    edge.start();
    await until('it ends', () => edge.gateway.exitCode() !== null);
    expect(edge.gateway.printed()).toContain('ERR_EDGE_LISTEN');
    expect(await edge.say()).toBe(copy);
    await edge.leadsTo(...copies);
    edge.gateway = first;
  });

  test('leaves nothing when it is stopped, and what is not its own alone', async () => {
    await edge.whoAnswers('udp', ports(10));
    await edge.connect();
    await edge.gateway.end();
    const left = edge.inside('gateway', 'nft', 'list', 'ruleset');
    expect(left).toContain('table inet others');
    expect(left).not.toContain('heddle');
    const flows = edge.inside('gateway', 'conntrack', '-L');
    // Those of checks may begin with the same digits.
    expect(flows).not.toMatch(/dport=(514|5432)\b/);
  });

  test('puts its rules back when somebody takes away all rules of the host', async () => {
    edge.inside('gateway', 'nft', 'flush', 'ruleset');
    await edge.leadsTo(...copies);
    expect(copies).toEqual(expect.arrayContaining(Object.values(await edge.whoAnswers('udp', ports(50)))));
    edge.inside('gateway', 'nft', others);
  });

  test('takes the place of rules that another version made, and no open connection ends', async () => {
    const copy = await edge.connect();
    const before = await edge.whoAnswers('udp', ports(200));
    await kill();
    const table = edge.inside('gateway', 'nft', 'list', 'table', 'inet', 'heddle-edge-helsinki');
    const old = path.join(edge.host.folder, 'old.nft');
    writeFileSync(
      old,
      `delete table inet heddle-edge-helsinki\n${table.replaceAll(/layout \d+/g, 'layout 0')}`,
    );
    edge.inside('gateway', 'nft', '-f', old);
    edge.write(...rest);
    edge.start();
    await edge.leadsTo(...rest);
    expect(
      edge.inside('gateway', 'nft', 'list', 'chain', 'inet', 'heddle-edge-helsinki', 'lead'),
    ).not.toContain('layout 0');
    expect(await edge.say()).toBe(copy);
    const kept = Object.entries(before).filter(([, one]) => one !== gone);
    expect(
      await edge.whoAnswers(
        'udp',
        kept.map(([port]) => Number(port)),
      ),
    ).toEqual(Object.fromEntries(kept));
  });

  test('answers all the same where it may not change rules, and says what it lacks', async () => {
    await edge.gateway.end();
    edge.startWithoutRights();
    await until('it says so', () => edge.gateway.printed().includes('only root may balance at layer 4'));
    expect(edge.gateway.printed()).toContain('CAP_NET_ADMIN');
    const asked = ['kdig', `@${gateway}`, '+short', '+timeout=1', '+retry=0', 'sql.shop.svc.edge.internal'];
    await until('it answers', () => edge.inside('client', ...asked).trim() === gateway);
  });

  test('leaves a port to a program that listens there, says so, and has it when it is free', async () => {
    await edge.gateway.end();
    const other = await edge.listen('gateway', 514, gateway);
    edge.start();
    const problem = `layer 4 cannot listen on ${gateway}:514 (UDP): another program listens there`;
    await until('it says so', () => edge.gateway.printed().includes(problem));
    await edge.leadsTo(...copies);
    await other.end();
    await until('it is led on', async () =>
      copies.includes((await edge.whoAnswers('udp', [20_000]))['20000'] ?? ''),
    );
  });

  test('says what is missing when the host forwards nothing', async () => {
    await edge.gateway.end();
    edge.forward(0);
    edge.start();
    await until('it says so', () => edge.gateway.printed().includes('net.ipv4.ip_forward is off'));
    expect(edge.gateway.printed()).toContain('sysctl -w net.ipv4.ip_forward=1');
    edge.forward(1);
  });
});
