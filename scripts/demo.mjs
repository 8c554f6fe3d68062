// `npm run demo`: sets up, brings the WordPress example up with its management, and shows what there is to see.
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import { buildAll } from './lib/build-all.mjs';
import { root, run, setUp, stop, toRun } from './lib/setup.mjs';

await setUp(toRun);
buildAll();

// Where no registry answers, Heddle makes this image from Debian's packages; elsewhere it pulls it.
process.env.HEDDLE_BASE = process.env.HEDDLE_BASE || 'localhost/heddle/base:bookworm';

const heddle = path.join(root, 'bin', 'heddle');
const file = path.join(root, 'examples', 'wordpress', 'compose.yaml');
const address = `http://127.0.0.1:${process.env.WORDPRESS_PORT || 8080}/`;

show('up', '-f', file);

await until('the first page', async () => (await fetch(address).catch(() => undefined))?.status === 200);
say(`Ten pages of ${address}`);
for (let i = 0; i < 10; i++) {
  const answer = await fetch(address).catch((error) =>
    stop(`${address}: ${error.cause?.message ?? error.message}`),
  );
  const page = await answer.text();
  if (i === 0)
    console.log(
      `${answer.status}  ${/<title>(.*?)<\/title>/s.exec(page)?.[1]?.trim()}  ${page.length} bytes`,
    );
}
say('A connection that the firewall of db does not let in: from this host, past web');
const database = containerAddress('wordpress-db-1.sandbox');
console.log(`${database}:3306  ${(await opens(database, 3306)) ? 'opened' : 'denied'}`);

await until('the flows of these pages', () =>
  output('flows', '-f', file, '--format', 'json', '--filter', 'dst port 3306').includes('"service": "web"'),
);
await until('the first delays from web to db', () => {
  const measured = output('latency', '-f', file, '--format', 'json');
  return measured.includes('"roundTrip"') && !measured.includes('"roundTrip": null');
});
show('flows', '-f', file, '-n', '12', '--filter', 'proto tcp and dst port 3306');
show('flows', '-f', file, '--top', '5');
show('latency', '-f', file);
show('firewall', '-f', file);
show('firewall', '--denied', '-f', file);
show('snmp', 'web', '-f', file);
show('cost', '-f', file);
show('ps', '-f', file);

const short = path.relative(root, file);
say(`Look further:  bin/heddle flows -f ${short} --since 1h
               bin/heddle snmp web processes -f ${short}
               bin/heddle firewall suggest web -f ${short}
               bin/heddle plan -f ${short}       (after changing the file)
Remove it:     bin/heddle down -f ${short} --volumes`);

function show(...args) {
  say(`$ heddle ${args.map((arg) => (arg === file ? path.relative(root, file) : arg)).join(' ')}`);
  if (run(heddle, args) !== 0) stop('That failed.');
}

function output(...args) {
  return spawnSync(heddle, args, { cwd: root, encoding: 'utf8' }).stdout;
}

function containerAddress(name) {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  return spawnSync('podman', ['inspect', name, '--format', format], { encoding: 'utf8' }).stdout.trim();
}

function opens(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (opened) => {
      socket.destroy();
      resolve(opened);
    };
    socket
      .on('connect', () => end(true))
      .on('timeout', () => end(false))
      .on('error', () => end(false));
  });
}

function say(text) {
  console.log(`\n${text}`);
}

async function until(what, condition) {
  for (let i = 0; i < 100; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  stop(`Not within 20 s: ${what}`);
}
