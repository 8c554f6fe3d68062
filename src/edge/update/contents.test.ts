import { describe, expect, test } from 'vitest';
import { serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { nameText, recordType, wireName } from '../dns/wire.ts';
import { currentView, type SiteView } from '../view/view.ts';
import { type Change, carryOut, changesBetween, managedContents, WantedContents } from './contents.ts';
import type { WireRecord } from './message.ts';

const domain = wireName('edge.internal') as string;
const at = (name: string) => wireName(name, domain) as string;
const { view } = snapshotOf();
const wantedContents = (of: SiteView) => {
  const made = new WantedContents(currentView(of));
  made.settle();
  return made.contents;
};
const wanted = wantedContents(view);
const typeName = Object.fromEntries(Object.entries(recordType).map(([name, number]) => [number, name]));

/** `web.edge.internal -A +TXT`: types that go, and that are set. */
const asText = (changes: readonly Change[]) =>
  changes.map(({ owner, removed, set }) =>
    [
      nameText(owner),
      ...removed.map((type) => `-${typeName[type] ?? type}`),
      ...set.map(([type]) => `+${typeName[type]}`),
    ].join(' '),
  );

/** What a server has that was made to have what is wanted, and these besides. */
const serverWith = (...more: readonly (readonly [string, number, string])[]): WireRecord[] => {
  const all: [string, number, string, number][] = more.map(([owner, type, data]) => [owner, type, data, 30]);
  for (const [owner, sets] of wanted)
    for (const [type, { ttl, data }] of sets) for (const one of data) all.push([owner, type, one, ttl]);
  return all.map(([owner, type, data, ttl]) => {
    return { owner, type, class: 1, ttl, data: Buffer.from(data, 'latin1'), start: 0 };
  });
};
const heldBy = (records: readonly WireRecord[], want = wanted) =>
  managedContents(records, domain, (owner) => want.has(owner));

describe('a server', () => {
  test('that has what the gateway answers is left as it is', () => {
    expect(changesBetween(heldBy(serverWith()), wanted)).toEqual([]);
  });

  test('gets what is new, and loses what is gone', () => {
    const services = { ...view.services, 'shop/new': serviceOf('new', { bySite: false, ports: [] }) };
    const more = wantedContents({ ...view, services });
    const names = ['new.shop.svc.edge.internal +A +AAAA +TXT', 'new.edge.internal +A +AAAA +TXT'];
    expect(asText(changesBetween(wanted, more)).sort()).toEqual(names.sort());
    expect(asText(changesBetween(more, wanted)).sort()).toEqual(
      names.map((name) => name.replaceAll('+', '-')).sort(),
    );
  });

  test('is told what changed alone, and has what is wanted then', () => {
    const made = new WantedContents(currentView(view));
    made.settle();
    const held = new Map(made.contents);
    made.apply({ set: { 'shop/new': serviceOf('new', { ports: [] }) }, removed: ['shop/gone'] });
    const touched = made.settle();
    expect(touched.has(at('web'))).toBe(false);
    for (const change of changesBetween(held, made.contents, touched)) carryOut(held, change);
    expect(held).toEqual(made.contents);
    const { 'shop/gone': _, ...services } = view.services;
    const whole = { ...view, services: { ...services, 'shop/new': serviceOf('new', { ports: [] }) } };
    expect(made.contents).toEqual(wantedContents(whole));
  });

  test('loses what others put there', () => {
    const records = serverWith(
      [at('stranger'), 5, at('web')],
      [at('web'), 15, 'xx'],
      [at('db'), recordType.A, '\x0a\x42\x06\x06'],
      [domain, recordType.CAA, '\0\x05issueevil.example'],
    );
    expect(asText(changesBetween(heldBy(records), wanted)).sort()).toEqual([
      'db.edge.internal -A +A',
      'edge.internal -CAA',
      'stranger.edge.internal -5',
      'web.edge.internal -15',
    ]);
  });

  test('keeps what is its own: apex, the addresses of its name servers, and what signs the zone', () => {
    const records = serverWith(
      [domain, recordType.SOA, 'soa'],
      [domain, recordType.NS, at('dns1')],
      [domain, 48, 'DNSKEY'],
      [domain, 15, 'MX'],
      [at('dns1'), recordType.A, '\x7f\0\0\x01'],
      [at('web'), 46, 'RRSIG'],
      [at('web'), 47, 'NSEC'],
      [at('0p9mhaveqvm6t7vbl5lop2u3t2rp3tom'), 50, 'NSEC3'],
    );
    expect(changesBetween(heldBy(records), wanted)).toEqual([]);
  });

  test('whose name is one of the view has the address of the view', () => {
    const gateway = at('oulu.gateway');
    const records = serverWith([domain, recordType.NS, gateway], [gateway, recordType.A, '\x7f\0\0\x01']);
    expect(asText(changesBetween(heldBy(records), wanted))).toEqual(['oulu.gateway.edge.internal -A +A']);
  });

  test('gets another TTL', () => {
    const records = serverWith().map((one) => (one.owner === at('web') ? { ...one, ttl: 1 } : one));
    expect(asText(changesBetween(heldBy(records), wanted))).toEqual([
      'web.edge.internal -A -AAAA -TXT +A +AAAA +TXT',
    ]);
  });
});

test('a domain in capitals is the same', () => {
  expect(wantedContents({ ...view, domain: 'Edge.Internal' })).toEqual(wanted);
});

test('the name of the gateway as a name server is not among what is wanted', () => {
  expect(wanted.has(at('ns'))).toBe(false);
});
