import { describe, expect, test } from 'vitest';
import { copyOf, serviceOf } from '../../../test/support/edge-model.ts';
import { tries } from '../../../test/support/tries.ts';
import type { Site } from '../model/model.ts';
import { chosenSite } from '../view/view.ts';
import { Views } from '../view/views.ts';
import { Distances } from './distances.ts';
import { Row } from './row.ts';

// A network on a virtual clock: everything that decides, nothing that waits. Only the wire is made up.

const lossShare = 0.02;
/** Milliseconds that a datagram takes longer than the way at most, each way. */
const jitter = 30;
const second = 1000;
const hour = 3600 * second;

/** Where the sites are, milliseconds. From `oulu`, `turku` is 12 away and `berlin` 17: less than the jitter apart. */
const places: Record<string, { x: number; y: number; height: number }> = {
  oulu: { x: 0, y: 0, height: 1 },
  turku: { x: 10, y: 0, height: 1 },
  berlin: { x: 14, y: 4, height: 1.4 },
  madrid: { x: 30, y: -25, height: 3 },
  athens: { x: 40, y: 10, height: 2 },
  tromso: { x: -12, y: -6, height: 5 },
};
const names = Object.keys(places);
const sites = Object.fromEntries(
  names.map((name): [string, Site] => [name, { name, gateway: [], prefer: [] }]),
);
const nodes = Object.fromEntries(names.map((name) => [name, { name, site: name, addresses: [] }]));
/** Copies everywhere but at one site each, so that everybody has to choose. */
const services = names.map((gone) =>
  serviceOf(`not-in-${gone}`, {
    copies: names.filter((name) => name !== gone).map((name) => copyOf('web', name)),
  }),
);

interface Switch {
  readonly site: string;
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly isFarther: boolean;
}

class Network {
  readonly #random: () => number;
  readonly #rows = new Map(names.map((name) => [name, new Row()]));
  readonly #reported = new Map<string, unknown>();
  readonly #distances = new Distances();
  readonly #views: Views;
  readonly #current = new Map<string, string>();
  readonly switches: Switch[] = [];
  reports = 0;
  now = 0;
  /** Pairs without a way for echoes, and milliseconds that a way is longer than it was. */
  blocked = new Set<string>();
  longer: Record<string, number> = {};

  constructor(seed: number) {
    let state = seed;
    this.#random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    for (let n = 0; n < 10; n++) this.#random();
    this.#views = new Views(
      { domain: 'edge.internal', caa: [], sites, nodes },
      { distance: (from, to) => this.#distances.between(sites, from, to) },
    );
    for (const service of services) this.#views.setService(`shop/${service.name}`, service);
  }

  truth(a: string, b: string): number {
    const [from, to] = [places[a], places[b]];
    if (!from || !to) return 0;
    const extra = (this.longer[`${a} ${b}`] ?? 0) + (this.longer[`${b} ${a}`] ?? 0);
    return Math.hypot(from.x - to.x, from.y - to.y) + from.height + to.height + extra;
  }

  distance(from: string, to: string) {
    return this.#distances.between(sites, from, to);
  }

  copies(at: string) {
    return this.#views.siteView(at).services[`shop/not-in-${at}`]?.copies ?? [];
  }

  run(milliseconds: number): void {
    for (const end = this.now + milliseconds; this.now < end; this.now += second) {
      for (const from of names) for (const to of names) if (from !== to) this.#echo(from, to);
      for (const from of names) this.#tell(from);
    }
  }

  #echo(from: string, to: string): void {
    const isLost = this.#random() < lossShare || this.#random() < lossShare;
    const late = jitter * (this.#random() + this.#random());
    if (isLost || this.blocked.has(`${from} ${to}`) || this.blocked.has(`${to} ${from}`)) return;
    const theirs = this.#rows.get(to)?.coordinate;
    this.#rows.get(from)?.add(to, this.truth(from, to) + late, this.now, theirs, this.#random());
  }

  #tell(from: string): void {
    const report = this.#rows.get(from)?.report(this.now);
    if (!report || this.#reported.get(from) === report) return;
    this.#reported.set(from, report);
    this.reports++;
    this.#views.measure(this.#distances.update(from, report));
    this.#views.changes();
    for (const site of names) this.#note(site);
  }

  #note(site: string): void {
    for (const [key, view] of Object.entries(this.#views.siteView(site).services)) {
      const to = chosenSite(view);
      const from = this.#current.get(`${site} ${key}`);
      if (to === undefined || to === from) continue;
      this.#current.set(`${site} ${key}`, to);
      if (from === undefined) continue;
      // Who started before anything was known has to go somewhere else first.
      if (this.distance(site, from).basis === 'unknown') continue;
      const isFarther = this.truth(site, to) > this.truth(site, from);
      this.switches.push({ site, at: this.now, from, to, isFarther });
    }
  }
}

const { numRuns, seed: first } = tries(20, 2);
const seeds = Array.from({ length: numRuns }, (_, index) => 1 + ((first + index * 7919) % 2_147_483_646));

describe('with 2 % loss each way and 30 ms jitter', () => {
  test.each(seeds)('nobody is led to a farther copy in an hour (seed %i)', (seed) => {
    const network = new Network(seed);
    network.run(hour);
    expect(network.switches.filter(({ isFarther }) => isFarther)).toEqual([]);
    expect(network.switches.length).toBeLessThan(10);
    for (const site of names) {
      const [chosen] = network.copies(site);
      const all = network.copies(site).map((copy) => network.truth(site, copy.site));
      expect(chosen?.basis).toBe('measured');
      expect(all[0]).toBeLessThanOrEqual(Math.min(...all) * 1.25 + 5);
    }
  });

  test('a way that becomes longer is left, once', () => {
    const network = new Network(3);
    network.run(900 * second);
    const before = network.switches.length;
    network.longer = { 'oulu turku': 40 };
    network.run(hour);
    const after = network.switches.slice(before);
    expect(after.map(({ site, from, to }) => `${site}: ${from} to ${to}`).sort()).toEqual([
      'oulu: turku to berlin',
    ]);
    for (const { at } of after) expect(at - 900 * second).toBeLessThan(420 * second);
  });

  test('a pair that cannot measure each other is predicted, within the error that is told', () => {
    const network = new Network(5);
    network.blocked.add('oulu berlin');
    network.run(hour);
    const { milliseconds, error, basis } = network.distance('oulu', 'berlin');
    expect(basis).toBe('predicted');
    expect(Math.abs(milliseconds - network.truth('oulu', 'berlin'))).toBeLessThan(error);
    expect(network.switches.filter(({ isFarther }) => isFarther)).toEqual([]);
  });

  test('what is told is little: noise is no news', () => {
    const network = new Network(11);
    network.run(900 * second);
    const before = network.reports;
    network.run(hour);
    expect((network.reports - before) / names.length).toBeLessThan(60);
  });
});
