import { beforeEach, expect, test } from 'vitest';
import { copyOn, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { DnsServer } from '../dns/server.ts';
import type { ProxyFigures } from '../proxy/figures.ts';
import { gatewayText } from '../telemetry/gateway-families.ts';
import { currentView } from '../view/view.ts';
import { GatewayWatch } from './gateway-watch.ts';

const second = 1000;
const certificates = [9, 10].map((until) => ({ name: 'web', from: 1000, until: until * second }));
/** Its proxy checks this one, the gateway itself the others. */
const web = serviceOf('web', {
  steer: 'gateway',
  copies: [copyOn('hel-1', 'helsinki', { address: '10.9.9.8' })],
});
let now: number;
/** By how much somebody set the clock. */
let step: number;
let published: number | undefined;
let proxy: ProxyFigures | undefined;
let watch: GatewayWatch;

beforeEach(() => {
  now = 1_800_000_000 * second;
  step = 0;
  published = undefined;
  proxy = undefined;
  watch = new GatewayWatch(
    {
      server: new DnsServer({ isTimed: true }),
      store: {
        at: { epoch: 3, version: 9 },
        get time() {
          return published;
        },
        received: currentView(snapshotOf(web).view).services,
      },
      health: (target) => (target === '10.9.9.9 8080' ? 'up' : undefined),
      peers: () => [
        { site: 'oulu', silence: 500, figure: { milliseconds: 12, error: 1 } },
        { site: 'berlin', silence: 90_000 },
      ],
      proxy: { figures: async () => proxy, certificates },
      feed: { certificate: () => ({ name: 'gateway:oulu', from: 2000, until: 8000 }) },
    },
    { wall: () => now + step, steady: () => now },
  );
});

/** The values of a metric, by its labels. */
async function shown(name: string): Promise<Record<string, number>> {
  const text = await gatewayText('helsinki', await watch.figures());
  const found = [...text.matchAll(new RegExp(`^heddle_edge_${name}\\{site="helsinki",?(.*)\\} (.*)$`, 'gm'))];
  return Object.fromEntries(found.map(([, labels, value]) => [labels, Number(value)]));
}

test('a gateway without a controller cannot be cut off', async () => {
  expect(await shown('cut_off')).toEqual({});
  expect(await shown('view_age_seconds')).toEqual({});
  expect(await shown('convergence_seconds_count')).toEqual({});
  expect(await shown('view_version')).toEqual({ '': 9 });
});

test.each([-3600, 3600])('a clock that is set by %d s makes no view older or younger', async (seconds) => {
  watch.cutOff(false);
  watch.cutOff(true);
  now += 60 * second;
  step = seconds * second;
  expect(await shown('view_age_seconds')).toEqual({ '': 60 });
});

test('a view grows old from when the gateway is cut off', async () => {
  watch.cutOff(false);
  now += 60 * second;
  expect([await shown('cut_off'), await shown('view_age_seconds')]).toEqual([{ '': 0 }, { '': 0 }]);
  watch.cutOff(true);
  now += 20 * second;
  watch.cutOff(true);
  now += 10 * second;
  expect([await shown('cut_off'), await shown('view_age_seconds')]).toEqual([{ '': 1 }, { '': 30 }]);
  watch.cutOff(false);
  expect(await shown('view_age_seconds')).toEqual({ '': 0 });
});

test('that of one that started cut off is as old as what it kept, if that is known', async () => {
  watch.cutOff(true);
  expect(await shown('view_age_seconds')).toEqual({});
  published = now - 3600 * second;
  expect(await shown('view_age_seconds')).toEqual({ '': 3600 });
});

test('how long changes were on their way is counted, and where the clocks contradict that', async () => {
  watch.cutOff(false);
  watch.converged(40);
  watch.converged(-7);
  expect(await shown('convergence_seconds_count')).toEqual({ '': 2 });
  expect(await shown('convergence_seconds_sum')).toEqual({ '': 0.04 });
  expect(await shown('convergence_clock_errors_total')).toEqual({ '': 1 });
});

test('of each service it shows the copies, and where clients are led', async () => {
  const servers = new Map([['10.9.9.8 8080', false]]);
  const rest = { connections: 1, sessions: 7, requests: 6, received: 10, sent: 20 };
  const errors = { connect: 1, response: 0, status: 2 };
  const backend = { name: 'shop.web.http', servers, errors, ...rest };
  proxy = {
    isUp: true,
    backends: [backend, { ...backend, name: 'shop.web.http.site' }, { ...backend, name: 'help' }],
  };
  const copies = await shown('service_copies');
  expect(copies).toMatchObject({
    'service="shop/db",state="alive"': 1,
    'service="shop/web",state="alive"': 0,
    'service="shop/web",state="down"': 1,
    'service="shop/gone",state="alive"': 0,
  });
  expect(await shown('service_led_copies')).toMatchObject({ 'service="shop/db",to="oulu"': 1 });
  expect(await shown('proxy_up')).toEqual({ '': 1 });
  expect(await shown('proxy_requests_total')).toEqual({ 'service="shop/web"': 12 });
  expect(await shown('proxy_errors_total')).toMatchObject({ 'service="shop/web",kind="status"': 4 });
});

test('a proxy that does not answer is down, and one that cannot tell is not there', async () => {
  expect(await shown('proxy_up')).toEqual({});
  proxy = { isUp: false, backends: [] };
  expect(await shown('proxy_up')).toEqual({ '': 0 });
});

test('certificates are shown with their last moment, be they for clients or for the broker', async () => {
  expect(await shown('certificate_not_after_timestamp_seconds')).toEqual({
    'name="gateway:oulu"': 8,
    'name="web"': 9,
  });
});

test('other sites are shown with their distance, as soon as it is known, and their silence', async () => {
  expect(await shown('round_trip_seconds')).toEqual({ 'to="oulu"': 0.012 });
  expect(await shown('round_trip_error_seconds')).toEqual({ 'to="oulu"': 0.001 });
  expect(await shown('silence_seconds')).toEqual({ 'to="oulu"': 0.5, 'to="berlin"': 90 });
});
