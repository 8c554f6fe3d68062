import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prefix } from '../../support/installed.ts';
import { blocksOf, Shell, samePart, stepsOf } from '../../support/tutorial-page.ts';
import { until } from '../../support/until.ts';

// The tutorial, on a host as it makes one, to its second architecture. What comes after takes two hosts, or a minute: the demo
// of networks does that.
const last = 'Another architecture: Open vSwitch and a controller';
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-tutorial-'));
const blocks = blocksOf('tutorial-networks.md');
let one: Shell;

/** Where the page says to wait, until that is there. */
const waits: readonly [begins: RegExp, condition: string][] = [
  [/^heddle node start/, 'heddle net ls > /dev/null'],
  [/http\.server/, 'curl -sf http://127.0.0.1:8080/ > /dev/null'],
];

beforeAll(() => {
  const hosts = path.join(folder, 'hosts.sh');
  writeFileSync(hosts, blocks.find(({ text }) => text.includes('make_host()'))?.text ?? '');
  const env = { ...process.env, PATH: `${prefix}/bin:${process.env['PATH']}`, FORCE_COLOR: undefined };
  one = new Shell(`. ${hosts}; make_host one; on one bash`, env);
});

afterAll(() => {
  one.close();
  execFileSync('bash', ['-c', 'kill -KILL $(cat /run/tutorial/*); rm -r /run/tutorial']);
  rmSync(folder, { recursive: true });
});

test('what the tutorial says on one host is what happens', async () => {
  const end = blocks.findLastIndex(({ section }) => section === last);
  for (const block of blocks.slice(0, end + 1)) {
    if (block.language === 'yaml') await one.run(`cat > /etc/heddle/node.yaml <<'END'\n${block.text}END`);
    if (block.language !== 'console') continue;
    for (const { host, command, printed } of stepsOf(block)) {
      if (host !== 'one') continue;
      expect(samePart(await one.run(command)), command).toEqual(samePart(printed));
      const [, condition] = waits.find(([begins]) => begins.test(command)) ?? [];
      if (condition === undefined) continue;
      const isThere = () => one.run(condition).then(() => true);
      await until(command, isThere, undefined, 100);
    }
  }
});
