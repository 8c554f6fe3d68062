import { X509Certificate } from 'node:crypto';
import { copyFileSync, cpSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../support/edge-client.ts';
import { EdgeHost, proxyAddress } from '../../support/edge-host.ts';
import type { Running } from '../../support/host.ts';
import { until } from '../../support/until.ts';

const port = 18_889;
const sites = ['helsinki', 'berlin'];
const folders = ['controller', 'helsinki', 'berlin', 'h1'];
const both = { web: ['h1', 'b1'], api: ['b1'] };

const host = new EdgeHost();
let running: Running[];
beforeAll(async () => {
  await host.certify();
  host.write(both);
  running = [
    host.controller('one', '--listen', `127.0.0.1:${port}`),
    ...sites.map((site) => host.gateway(site, port)),
    host.proxy(port),
  ];
  for (const site of sites) await until(`${site} is up to date`, () => host.isUpToDate(site));
});
afterAll(() => host.remove());

/** Brings what the authority tells everybody to everybody. */
function handOut(): void {
  for (const folder of folders)
    for (const file of ['crl.pem', 'ca.crt']) copyFileSync(host.path('ca', file), host.path(folder, file));
}

/** Waits until all that runs has said that it knows other authorities, for the so manieth time. */
const areHeard = (times: number) =>
  until('all have read it', () =>
    running.every(
      (one) =>
        one.printed().split(/trusted certificate authorities changed|"authorities":true/).length > times,
    ),
  );

/** What a broker with a certificate of the newest root does with somebody who connects, and the certificate that it shows. */
function meet(folder: string): Promise<{ readonly isTaken: boolean; readonly shown: Buffer | undefined }> {
  const read = (name: string, file: string) => readFileSync(host.path(name, file));
  return new Promise((resolve) => {
    let shown: Buffer | undefined;
    const socket: TLSSocket = connect(
      {
        host: '127.0.0.1',
        port,
        ca: read('ca', 'ca.crt'),
        cert: read(folder, 'cert.pem'),
        key: read(folder, 'key.pem'),
      },
      () => {
        shown = socket.getPeerCertificate().raw;
      },
    );
    const end = (isTaken: boolean) => {
      socket.destroy();
      resolve({ isTaken, shown });
    };
    // Who is not taken is told after its own handshake; who is may speak: a packet of MQTT that asks for a connection.
    socket.write(Buffer.from('100d00044d51545404020005000174', 'hex'));
    socket.once('data', () => end(true)).once('close', () => end(false));
    socket.on('error', () => end(false));
  });
}

/** Looks at a gateway until it is told to end; the longest time, in milliseconds, for which it was not up to date. */
function watch(site: string): () => Promise<number> {
  let isOver = false;
  const watching = (async () => {
    let longest = 0;
    let since: number | undefined;
    while (!isOver) {
      const isFine = await host.isUpToDate(site);
      const now = performance.now();
      if (!isFine) since ??= now;
      if (since !== undefined) longest = Math.max(longest, now - since);
      if (isFine) since = undefined;
      await sleep(50);
    }
    return longest;
  })();
  return () => {
    isOver = true;
    return watching;
  };
}

test('a new root takes the place of the old one, while all that runs goes on running', async () => {
  cpSync(host.path('helsinki'), host.path('older'), { recursive: true });
  const watched = watch('helsinki');
  try {
    await host.ca('rotate');
    handOut();
    await areHeard(1);
    for (const [index, name] of ['controller', 'gateway:helsinki', 'gateway:berlin', 'node:h1'].entries())
      await host.ca('renew', name, '--out', host.path(folders[index] as string));
    const own = new X509Certificate(readFileSync(host.path('controller', 'cert.pem'))).raw;
    await until('the controller shows its new certificate', async () => {
      const { isTaken, shown } = await meet('helsinki');
      return isTaken && shown?.equals(own) === true;
    });
    expect((await meet('older')).isTaken).toBe(true);
    await host.ca('rotate', '--older');
    handOut();
    await areHeard(2);
    await until('the old root is believed no more', async () => {
      const { isTaken, shown } = await meet('older');
      // It was met, and refused.
      return !isTaken && shown !== undefined;
    });
    expect((await meet('helsinki')).isTaken).toBe(true);
    host.write({ ...both, api: ['b2'] });
    await Promise.all(sites.map((site) => host.answers(site, 'api', '10.2.0.12')));
    await until('the proxy follows', async () =>
      /<td>shop\/api<td>berlin, b2/.test((await ask({ address: proxyAddress })).body),
    );
  } finally {
    // Who is connected with what the old root signed connects anew, and is cut off for no longer than that takes.
    expect(await watched()).toBeLessThan(2000);
  }
  expect(running.map((one) => one.exitCode())).toEqual([null, null, null, null]);
});

test('whoever connects anew after it does so by the new root alone', async () => {
  const [controller, ...others] = running as [Running, ...Running[]];
  await controller.end('SIGKILL');
  for (const site of sites) await until(`${site} is cut off`, () => host.isStale(site));
  running = [host.controller('one', '--listen', `127.0.0.1:${port}`), ...others];
  for (const site of sites) await until(`${site} is up to date again`, () => host.isUpToDate(site));
});
