import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const program = path.join(import.meta.dirname, '../../catalogue/images/snmp-agent/host-resources');
const root = '.1.3.6.1.2.1.25';
const MiB = 1 << 20;

/** The same service, as either version of control groups shows it (kernel.org, "Control Group v2" and "cgroup-v1"). */
const groups = {
  v2: {
    'cgroup.controllers': 'cpu memory pids',
    'memory.current': 50 * MiB,
    'memory.max': 64 * MiB,
    'memory.stat': `anon ${MiB}\nfile ${20 * MiB}\ninactive_file ${10 * MiB}`,
    'memory.events': 'low 0\nhigh 0\nmax 7\noom 0',
    'cpu.stat': 'usage_usec 5000000\nuser_usec 1',
    'cpu.max': '50000 100000',
    'pids.max': 32,
  },
  v1: {
    'memory/memory.usage_in_bytes': 50 * MiB,
    'memory/memory.limit_in_bytes': 64 * MiB,
    'memory/memory.stat': `inactive_file 1\ntotal_cache ${20 * MiB}\ntotal_inactive_file ${10 * MiB}`,
    'memory/memory.failcnt': 7,
    'cpuacct/cpuacct.usage': 5_000_000_000,
    'cpu/cpu.cfs_quota_us': 50_000,
    'cpu/cpu.cfs_period_us': 100_000,
    'pids/pids.max': 32,
  },
};

describe('the host resources of the SNMP agent', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-host-resources-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (files: Readonly<Record<string, string | number>>) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), `${content}\n`);
    }
  };
  const options = (more: object = {}) => ({ cwd: '/', env: { ...process.env, GROUPS: folder, ...more } });
  /** All that it shows, by identifier below its root. */
  const shown = (more?: object) => {
    const text = execFileSync('perl', [program, 'all'], { ...options(more), encoding: 'utf8' });
    return new Map(
      text
        .trimEnd()
        .split('\n')
        .map((line) => {
          const [oid = '', , ...value] = line.split(' ');
          return [oid.slice(root.length + 1), value.join(' ')] as const;
        }),
    );
  };
  const row = (
    all: ReadonlyMap<string, string>,
    entry: string,
    index: number,
    ...columns: readonly number[]
  ) => columns.map((column) => all.get(`${entry}.${column}.${index}`));

  test.each(Object.entries(groups))('are those of its control group (%s)', (_, files) => {
    write(files);
    const all = shown();
    // hrStorageTable: description, unit, size, used, failures. What the kernel could give up at once is not used.
    const [page, pages] = ['4096', (bytes: number) => `${bytes / 4096}`];
    const memory = ['Physical memory', page, pages(64 * MiB), pages(40 * MiB), '7'];
    expect(row(all, '2.3.1', 1, 3, 4, 5, 6, 7)).toEqual(memory);
    expect(row(all, '2.3.1', 7, 3, 6)).toEqual(['Cached memory', pages(20 * MiB)]);
    expect(all.get('2.2.0')).toBe(`${(64 * MiB) / 1024}`);
    expect(all.get('3.2.1.3.1')).toBe('0.5 cores of the host');
    expect(all.get('3.3.1.2.1')).toBe('0');
    expect(all.get('1.7.0')).toBe('32');
  });

  test('a limit above what the host has is the host’s', () => {
    write({ ...groups.v2, 'memory.max': 'max', 'cpu.max': 'max 100000' });
    const [, total] = /^MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    expect(shown().get('2.2.0')).toBe(total);
  });

  test('file systems are as statfs(2) has them', () => {
    write(groups.v2);
    const all = shown();
    const [index] = [...all]
      .filter(([oid, value]) => oid.startsWith('2.3.1.3.') && value === '/')
      .map(([oid]) => Number(oid.split('.').at(-1)));
    const { bsize, blocks } = statfsSync('/');
    const [unit, size] = row(all, '2.3.1', index ?? 0, 4, 5).map(Number);
    expect((unit ?? 0) * (size ?? 0)).toBeGreaterThan(bsize * blocks * 0.999);
    expect((unit ?? 0) * (size ?? 0)).toBeLessThanOrEqual(bsize * blocks);
  });

  test('without a view of the service’s files only its processes are left', () => {
    write(groups.v2);
    const all = shown({ FILES: 'none' });
    expect([...all.keys()].filter((oid) => /^[23]\./.test(oid))).toEqual([]);
    expect(all.get('4.2.1.2.1')).toBe(/\((.*)\)/s.exec(readFileSync('/proc/1/stat', 'utf8'))?.[1]);
  });

  describe('are asked for as snmpd.conf(5) says of pass_persist', () => {
    let child: ChildProcessWithoutNullStreams;
    let answers: AsyncIterator<string>;
    beforeEach(() => {
      write(groups.v2);
      child = spawn('perl', [program], options());
      answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    });
    afterEach(() => {
      child.kill();
    });
    const answer = async (lines: number) => {
      const found: string[] = [];
      while (found.length < lines) found.push((await answers.next()).value);
      return found;
    };

    test('one after another, in the order of their identifiers', async () => {
      const walked: string[] = [];
      for (let at = root; ; ) {
        child.stdin.write(`getnext\n${at}\n`);
        const [oid = ''] = await answer(1);
        if (oid === 'NONE') break;
        await answer(2);
        walked.push(oid);
        at = oid;
      }
      const numbers = walked.map((oid) => oid.slice(1).split('.').map(Number));
      expect(numbers).toEqual(numbers.toSorted(byNumbers));
      expect(new Set(walked).size).toBe(walked.length);
      expect(walked).toContain(`${root}.2.3.1.3.1`);
    });

    test('also in pieces, and several at once; nothing can be set', async () => {
      child.stdin.write('PI');
      child.stdin.write(`NG\nget\n${root}.1.7.0\nget\n${root}.9.9\nset\n${root}.1.7.0\ninteger 5\nPING\n`);
      expect(await answer(7)).toEqual([
        'PONG',
        `${root}.1.7.0`,
        'integer',
        '32',
        'NONE',
        'not-writable',
        'PONG',
      ]);
    });

    test('it ends with who asks', async () => {
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.stdin.end();
      expect(await ended).toBe(0);
    });
  });
});

function byNumbers(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, index) => number !== other[index]);
  if (at < 0) return one.length - other.length;
  return (one[at] ?? 0) - (other[at] ?? -1);
}
