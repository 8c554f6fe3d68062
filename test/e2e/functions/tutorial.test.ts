import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { prefix } from '../../support/installed.ts';
import { tiny, tinyImage } from '../../support/tiny.ts';
import { type Block, blocksOf, Shell, samePart, stepsOf } from '../../support/tutorial-page.ts';

const host = new TestHost();
const file = path.join(host.folder, 'compose.yaml');
/** In the place of the image that the page names, which no test fetches: it has what the page uses of it. */
const stand = 'docker.io/library/busybox:1.36';
let shell: Shell;

beforeAll(async () => {
  await host.ok('build', ...host.project('tutorial', `services: { one: { ${tiny} } }`));
  host.podman('tag', tinyImage, host.image(stand));
  // What was made by hand as the page says is taken down at the end, wherever a test stops.
  host.project('shop', 'services: {}');
  const env = { ...host.env, PATH: `${prefix}/bin:${process.env['PATH']}` };
  shell = new Shell(`cd ${host.folder}; bash`, env);
});

afterAll(async () => {
  shell.close();
  await host.remove();
});

/** As the page says: the whole file, what there is from a key on, or one service in the place of what it was. */
function write({ text }: Block): void {
  const [comment = '', ...lines] = text.trimEnd().split('\n');
  const now = lines.join('\n');
  const before = comment === '# compose.yaml' ? '' : readFileSync(file, 'utf8');
  const end = /, from (\S+) on$/.exec(comment)?.[1];
  const service = /, (\w+)$/.exec(comment)?.[1];
  const replaced = service === undefined ? `^${end}:[\\s\\S]*` : `^  ${service}: .*$`;
  const after = before === '' ? now : before.replace(new RegExp(replaced, 'm'), () => now);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
}

/** What probes saw is the same each time; how much traffic there was before, and how it fared, is not. */
const same = (printed: string) => samePart(printed.replaceAll(/^((?:to|from) \S+ +shop-\S+) .*$/gm, '$1'));

test('what the tutorial says is what happens', async () => {
  for (const block of blocksOf('tutorial-chains.md')) {
    if (block.language === 'yaml') write(block);
    if (block.language !== 'console') continue;
    for (const { command, printed } of stepsOf(block))
      if (command) expect(same(await shell.run(command)), command).toEqual(same(printed));
  }
});
