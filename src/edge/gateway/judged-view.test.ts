import { expect, test } from 'vitest';
import { copyOn, deltaOf, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { DnsServer } from '../dns/server.ts';
import { JudgedView } from './judged-view.ts';

const copies = [
  copyOn('b1', 'berlin', { address: '10.2.0.1' }),
  copyOn('m1', 'madrid', { address: '10.3.0.1', verdict: 'spare' }),
];
const direct = serviceOf('api', { copies });
/** At the same addresses and ports. */
const proxied = serviceOf('web', { steer: 'gateway', copies });

test.each(['a snapshot', 'a delta'])('of %s only what no proxy leads to is judged here', (kind) => {
  const server = new DnsServer({});
  const view = new JudgedView(server, (target) => target.startsWith('10.2.0.1 '));
  if (kind === 'a snapshot') view.apply(snapshotOf(direct, proxied), 1);
  else {
    view.apply(snapshotOf(), 1);
    view.apply(deltaOf({ set: { 'shop/api': direct, 'shop/web': proxied } }), 2);
  }
  const verdicts = (key: string) =>
    server.snapshot()?.view.services[key]?.copies.map(({ node, verdict }) => `${node} ${verdict}`);
  expect(verdicts('shop/api')).toEqual(['m1 chosen', 'b1 out']);
  expect(verdicts('shop/web')).toEqual(['b1 chosen', 'm1 spare']);
  expect(Object.keys(view.told()?.view.services ?? {})).toEqual(
    expect.arrayContaining(['shop/api', 'shop/web']),
  );
});
