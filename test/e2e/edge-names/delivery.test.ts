import { copyFileSync, readFileSync } from 'node:fs';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ask } from '../../support/edge-client.ts';
import { EdgeHost, proxyAddress } from '../../support/edge-host.ts';
import type { Running } from '../../support/host.ts';
import { run } from '../../support/run.ts';
import { until } from '../../support/until.ts';

const port = 18_883;
const both = { web: ['h1', 'b1'], api: ['b1'] };

describe.each(['its own broker', 'Mosquitto'])('a controller with %s', (kind) => {
  const host = new EdgeHost();
  const isOwn = kind === 'its own broker';
  let broker: Running | undefined;
  let controller: Running;
  let gateways: Record<string, Running>;
  let proxy: Running;

  const startController = () => {
    const via = isOwn ? ['--listen', `127.0.0.1:${port}`] : ['--broker', `mqtts://127.0.0.1:${port}`];
    controller = host.controller('one', ...via);
  };
  const isUpToDate = (site: string) => until(`${site} is up to date`, () => host.isUpToDate(site));

  /** Waits until the proxy of the node says on its help page that a copy of a service is there. */
  const proxied = (service: string, where: string) => {
    const row = new RegExp(`<td>shop/${service}<td>${where}`);
    const shown = () => ask({ address: proxyAddress }).catch(() => ({ body: '' }));
    return until(`${service} is proxied to ${where}`, async () => row.test((await shown()).body));
  };

  beforeAll(async () => {
    await host.certify();
    host.write(both);
    if (!isOwn) broker = await host.mosquitto(port);
    startController();
    gateways = { helsinki: host.gateway('helsinki', port), berlin: host.gateway('berlin', port) };
    proxy = host.proxy(port);
    await Promise.all([isUpToDate('helsinki'), isUpToDate('berlin'), proxied('api', 'berlin, b1')]);
  });
  afterAll(() => host.remove());

  /** A client of the broker, with somebody's certificate or none; it throws when it is sent away. */
  async function client(who?: string, rest: IClientOptions = {}): Promise<MqttClient> {
    const own = who && {
      cert: readFileSync(host.path(who, 'cert.pem')),
      key: readFileSync(host.path(who, 'key.pem')),
    };
    const made = connect(`mqtts://127.0.0.1:${port}`, {
      protocolVersion: 4,
      reconnectPeriod: 0,
      ca: readFileSync(host.path('ca', 'ca.crt')),
      ...own,
      ...rest,
    });
    await new Promise<void>((resolve, reject) => {
      made.on('connect', () => resolve());
      made.on('error', reject);
      made.on('close', () => reject(new Error('sent away')));
    });
    return made;
  }

  test('each gateway answers with what is nearest to it', async () => {
    expect(await host.addresses('helsinki', 'web')).toEqual(['10.1.0.11']);
    expect(await host.addresses('berlin', 'web')).toEqual(['10.2.0.11']);
    expect(await host.addresses('helsinki', 'api')).toEqual(['10.2.0.11']);
  });

  test('a change is answered everywhere a moment after it was written', async () => {
    host.write({ ...both, api: ['b2'] });
    const took = await Promise.all(
      ['helsinki', 'berlin'].map((site) => host.answers(site, 'api', '10.2.0.12')),
    );
    console.log(`${kind}: a change was answered after ${took.map(Math.round).join(' and ')} ms`);
  });

  test('a change that concerns one site is sent to that only, and one that concerns none to nobody', async () => {
    const heard: string[] = [];
    const listener = await client('controller');
    await listener.subscribeAsync('heddle/edge/view/#');
    listener.on('message', (topic, _payload, { retain }) => retain || heard.push(topic));
    host.write({ ...both, api: ['b2'], web: ['h1', 'b1'] });
    host.write({ ...both, api: ['b1'] });
    await Promise.all(['helsinki', 'berlin'].map((site) => host.answers(site, 'api', '10.2.0.11')));
    expect(heard.map((topic) => topic.split('/')[3]).sort()).toEqual([
      'gateway:berlin',
      'gateway:helsinki',
      'node:h1',
    ]);
    await listener.endAsync();
  });

  test('who has no certificate, or one of another authority, gets nothing', async () => {
    await expect(client()).rejects.toThrow();
    await host.ok('edge', 'ca', 'init', '--dir', host.path('other-ca'));
    const issue = [
      'issue',
      'gateway:helsinki',
      '--dir',
      host.path('other-ca'),
      '--out',
      host.path('stranger'),
    ];
    await host.ok('edge', 'ca', ...issue);
    await expect(client('stranger')).rejects.toThrow();
    const { stdout } = await run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-quiet']);
    expect(stdout).toBe('');
  });

  test('the proxy of a node follows its controller, to the copies at the node first', async () => {
    host.write({ ...both, api: ['b2'], web: ['b1', 'h1'] });
    await proxied('api', 'berlin, b2');
    await proxied('web', 'helsinki, h1, 0 ms<br>berlin, b1');
    host.write(both);
    await proxied('api', 'berlin, b1');
  });

  test('the proxy of a node reads its own view only', async () => {
    const heard: string[] = [];
    const intruder = await client('h1', { clientId: 'intruder' });
    intruder.on('message', (topic) => heard.push(topic));
    for (const filter of ['#', 'heddle/edge/view/gateway:helsinki/#', 'heddle/edge/view/+/snapshot'])
      await intruder.subscribeAsync(filter).catch(() => undefined);
    await intruder.subscribeAsync('heddle/edge/view/node:h1/#');
    await until('it has its own', () => heard.some((topic) => topic.includes('node:h1/snapshot')));
    expect(heard.filter((topic) => topic.includes('gateway:'))).toEqual([]);
    await intruder.endAsync();
  });

  test('a gateway reads its own view only, and writes nothing but about itself', async () => {
    const heard: string[] = [];
    const intruder = await client('helsinki', { clientId: 'intruder' });
    intruder.on('message', (topic) => heard.push(topic));
    for (const filter of [
      '#',
      'heddle/edge/view/gateway:berlin/#',
      'heddle/edge/view/+/snapshot',
      'heddle/edge/+/#',
    ])
      await intruder.subscribeAsync(filter).catch(() => undefined);
    await intruder.subscribeAsync('heddle/edge/view/gateway:helsinki/#');
    await until('it has its own', () => heard.some((topic) => topic.includes('helsinki/snapshot')));
    for (const topic of [
      'heddle/edge/view/gateway:berlin/snapshot',
      'heddle/edge/telemetry/gateway:berlin/status',
    ]) {
      const other = await client('helsinki');
      await other.publishAsync(topic, 'no', { qos: 0, retain: true });
      // One that is sent away for it, or one that is not listened to.
      await Promise.race([other.endAsync(), until('it is sent away', () => !other.connected)]);
    }
    const listener = await client('controller');
    const read = new Map<string, string>();
    listener.on('message', (topic, payload) => read.set(topic, payload.toString()));
    await listener.subscribeAsync('heddle/edge/#');
    await until('all that is retained came', () => read.has('heddle/edge/telemetry/gateway:berlin/status'));
    expect([...read.values()]).not.toContain('no');
    expect(heard.filter((topic) => topic.includes('berlin') || topic.includes('telemetry'))).toEqual([]);
    await Promise.all([listener.endAsync(), intruder.endAsync()]);
  });

  test('cut off, a gateway answers what it knew last and says so, over a restart too', async () => {
    const said = proxy.printed().length;
    await (broker ?? controller).end('SIGKILL');
    await until('it says so', () => host.isStale('helsinki'));
    expect(await host.addresses('helsinki', 'web')).toEqual(['10.1.0.11']);
    expect(gateways['helsinki']?.printed()).toMatch(
      /cut off from the controller: DNS answers may be out of date/,
    );
    await gateways['helsinki']?.end('SIGKILL');
    gateways['helsinki'] = host.gateway('helsinki', port);
    await until('it answers again', () => host.isStale('helsinki'));
    // So does the proxy of a node.
    await until('the proxy says so', () =>
      proxy.printed().slice(said).includes('cut off from the controller: the view'),
    );
    await proxy.end('SIGTERM');
    proxy = host.proxy(port);
    await proxied('web', 'helsinki, h1');
    expect(await host.addresses('helsinki', 'web')).toEqual(['10.1.0.11']);
    host.write({ ...both, api: ['b2'] });
    if (broker) broker = await host.mosquitto(port);
    else startController();
    await host.answers('helsinki', 'api', '10.2.0.12');
    await Promise.all([isUpToDate('helsinki'), isUpToDate('berlin'), proxied('api', 'berlin, b2')]);
  });

  test('without a controller, a gateway says that what it knows may be old', async () => {
    await controller.end('SIGKILL');
    await until('it says so', () => host.isStale('helsinki'));
    startController();
    await isUpToDate('helsinki');
  });

  test('a second controller is refused', async () => {
    const second = host.controller('two', '--broker', `mqtts://127.0.0.1:${port}`);
    await until('it ends', () => second.exitCode() !== null);
    expect([second.exitCode(), second.printed()]).toEqual([
      1,
      expect.stringMatching(/ERR_EDGE_CONTROLLER: .* is at work/),
    ]);
  });

  test('a gateway whose certificate was revoked is shut out; one that was renewed comes back', async () => {
    await host.ca('revoke', 'gateway:berlin');
    for (const folder of ['controller', 'broker'])
      copyFileSync(host.path('ca', 'crl.pem'), host.path(folder, 'crl.pem'));
    if (broker) {
      await broker.end();
      broker = await host.mosquitto(port);
    }
    await until('berlin is cut off', () => host.isStale('berlin'));
    await vi.waitFor(
      () =>
        expect(gateways['berlin']?.printed()).toMatch(
          /our certificate was revoked|does not take our certificate/,
        ),
      180_000,
    );
    await host.ca('renew', 'gateway:berlin', '--out', host.path('berlin'));
    await isUpToDate('berlin');
  });
});
