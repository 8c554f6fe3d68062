// For tests: what holds for every source.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Source, SourceChange, SourceObject } from '../../src/edge/sources/source.ts';

/** A source, and where it has from what it tells: there is a node `b1` at the site `berlin`. */
export interface Arranged {
  /** What it tells of nodes; the others are those of an edge file. */
  readonly nodes: readonly object[];
  /** Another source of the same things, as after a restart. */
  source(): Promise<Source>;
  /** Has a service, with copies on the node by id and address. */
  publish(name: string, copies: Readonly<Record<string, string>>): void;
  withdraw(name: string): void;
  /** Writes again what is there already. */
  repeat(): void;
  close(): Promise<void>;
}

export function sourceSuite(kind: string, arrange: () => Promise<Arranged>): void {
  describe(`every source: ${kind}`, () => {
    let arranged: Arranged;
    let open: Source[];
    beforeEach(async () => {
      arranged = await arrange();
      open = [];
    });
    afterEach(async () => {
      await Promise.all(open.map((source) => source.close()));
      await arranged.close();
    });

    async function listen() {
      const source = await arranged.source();
      open.push(source);
      const changes: SourceChange[] = [];
      const objects = new Map<string, SourceObject>();
      source.start({
        change: (change) => {
          changes.push(change);
          for (const [origin, now] of change) {
            if (now) objects.set(origin, now);
            else objects.delete(origin);
          }
        },
        trouble: () => {},
      });
      await until(() => expect(changes.length).toBeGreaterThan(0));
      return { source, changes, objects, services: () => servicesOf(objects) };
    }

    test('the first it tells is all there is', async () => {
      arranged.publish('web', { a: '10.9.0.1', b: '10.9.0.2' });
      arranged.publish('api', {});
      const { changes, objects } = await listen();
      expect(changes).toHaveLength(1);
      expect(servicesOf(objects)).toEqual({ 'shop/api': [], 'shop/web': ['b1 10.9.0.1', 'b1 10.9.0.2'] });
      expect([...objects.values()].flatMap(({ node }) => node ?? [])).toMatchObject(arranged.nodes);
    });

    test('a service that comes, changes and goes is told of, and no other', async () => {
      arranged.publish('other', { o: '10.9.0.9' });
      const { changes, services } = await listen();
      arranged.publish('web', { a: '10.9.0.1' });
      await until(() => expect(services()).toHaveProperty(['shop/web'], ['b1 10.9.0.1']));
      arranged.publish('web', { b: '10.9.0.2' });
      await until(() => expect(services()).toHaveProperty(['shop/web'], ['b1 10.9.0.2']));
      arranged.withdraw('web');
      await until(() => expect(services()).toEqual({ 'shop/other': ['b1 10.9.0.9'] }));
      const origins = new Set(changes.slice(1).flatMap((change) => [...change.keys()]));
      expect(origins.size).toBe(1);
    });

    test('what is the same is not told again', async () => {
      arranged.publish('web', { a: '10.9.0.1' });
      const { changes, services } = await listen();
      arranged.repeat();
      arranged.publish('api', {});
      await until(() => expect(services()).toHaveProperty(['shop/api']));
      expect(changes.slice(1).flatMap((change) => [...change.keys()])).toHaveLength(1);
    });

    test('what it told in the end is what another tells at first', async () => {
      const { objects, services } = await listen();
      for (const name of ['x', 'y', 'z']) arranged.publish(name, { [name]: '10.9.0.1' });
      arranged.withdraw('y');
      arranged.publish('x', { a: '10.9.0.3', b: '10.9.0.4' });
      await until(() =>
        expect(services()).toEqual({ 'shop/x': ['b1 10.9.0.3', 'b1 10.9.0.4'], 'shop/z': ['b1 10.9.0.1'] }),
      );
      expect((await listen()).objects).toEqual(objects);
    });

    test('one that is closed tells nothing', async () => {
      const { source, changes } = await listen();
      await source.close();
      const before = changes.length;
      arranged.publish('web', {});
      expect((await listen()).services()).toHaveProperty(['shop/web']);
      expect(changes).toHaveLength(before);
    });
  });
}

const until = (check: () => void) => vi.waitFor(check, { interval: 2, timeout: 5000 });

function servicesOf(objects: ReadonlyMap<string, SourceObject>): Record<string, string[]> {
  const services = [...objects.values()].flatMap(({ service }) => service ?? []);
  return Object.fromEntries(
    services.map(({ namespace, name, copies }) => [
      `${namespace}/${name}`,
      copies.map(({ node, address }) => `${node} ${address}`).sort(),
    ]),
  );
}
