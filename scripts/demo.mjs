// `npm run demo`: sets up, brings the WordPress example up with its management, and shows what there is to see.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root, run, setUp, stop, toRun } from './lib/setup.mjs';

await setUp(toRun);

const heddle = path.join(root, 'bin', 'heddle');
const file = path.join(root, 'examples', 'wordpress', 'compose.yaml');
const address = 'http://127.0.0.1:8080/';

show('up', '-f', file);
say(`Loading ${address} ten times`);
for (let i = 0; i < 10; i++) {
  const answer = await fetch(address).catch((error) => stop(`${address}: ${error.cause?.message ?? error.message}`));
  const page = await answer.text();
  if (i === 0) console.log(`${answer.status}  ${/<title>(.*?)<\/title>/s.exec(page)?.[1]?.trim()}  ${page.length} bytes`);
}
await until('the flows of these pages', () =>
  output('flows', '-f', file, '--format', 'json', '--filter', 'dst port 3306').includes('"service"'),
);
show('flows', '-f', file, '-n', '20', '--filter', 'proto tcp');
show('ps', '-f', file);
say(`Look further:  bin/heddle flows -f ${path.relative(root, file)} --since 1h
Remove it:     bin/heddle down -f ${path.relative(root, file)} --volumes`);

function show(...args) {
  say(`$ heddle ${args.map((arg) => (arg === file ? path.relative(root, file) : arg)).join(' ')}`);
  if (run(heddle, args) !== 0) stop('That failed.');
}

function output(...args) {
  return spawnSync(heddle, args, { cwd: root, encoding: 'utf8' }).stdout;
}

function say(text) {
  console.log(`\n${text}`);
}

async function until(what, condition) {
  for (let i = 0; i < 100; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  stop(`Not within 20 s: ${what}`);
}
