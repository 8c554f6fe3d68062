import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpoint, node, pod, service, slice } from '../../../../test/support/kubernetes-objects.ts';
import { tries } from '../../../../test/support/tries.ts';
import type { SourceObject } from '../source.ts';
import { ClusterModel } from './cluster-model.ts';
import { type ClusterObjects, type Kind, keyOf } from './objects.ts';
import { publishKey } from './service.ts';

const of = fc.constantFrom;
const nodes = fc
  .record({ name: of('b1', 'b2'), site: of('berlin', 'potsdam'), as: of(undefined, 'x1') })
  .map(({ name, site, as }) =>
    node(name, { labels: { 'heddle.io/site': site }, ...(as && { annotations: { 'heddle.io/name': as } }) }),
  );
const services = fc
  .record({ name: of('web', 'api'), edge: of('true', 'false', '{ as: front }', '{ as: A }') })
  .map(({ name, edge }) => service(name, { annotations: { 'heddle.io/edge': edge } }));
const pods = fc
  .record({ name: of('p1', 'p2', 'p3'), ready: fc.boolean(), ending: fc.boolean() })
  .map(({ name, ...rest }) => pod(name, rest));
const endpoints = fc
  .record({ pod: of('p1', 'p2', 'p3'), node: of('b1', 'b2'), ready: fc.boolean(), terminating: fc.boolean() })
  .map(({ pod, node, ...conditions }) => endpoint(pod, `10.244.0.${pod.slice(1)}`, node, conditions));
const slices = fc
  .record({
    of: of('web', 'api', 'other'),
    name: of('s1', 's2', 's3'),
    endpoints: fc.array(endpoints, { maxLength: 3 }),
  })
  .map(({ of, name, endpoints }) => {
    const one = slice(of, name, endpoints);
    return { ...one, metadata: { ...one.metadata, name } };
  });

type Step = {
  readonly kind: Kind;
  readonly object: ClusterObjects[Kind];
  readonly how: 'set' | 'remove' | 'again';
  readonly look: boolean;
};
const step = fc.oneof(
  ...[
    nodes.map((object) => ({ kind: 'nodes' as Kind, object: object as ClusterObjects[Kind] })),
    services.map((object) => ({ kind: 'services' as Kind, object: object as ClusterObjects[Kind] })),
    pods.map((object) => ({ kind: 'pods' as Kind, object: object as ClusterObjects[Kind] })),
    slices.map((object) => ({ kind: 'endpointslices' as Kind, object: object as ClusterObjects[Kind] })),
  ].map((arbitrary) =>
    fc
      .tuple(arbitrary, of<Step['how']>('set', 'set', 'set', 'remove', 'again'), fc.boolean())
      .map(([what, how, look]): Step => ({ ...what, how, look })),
  ),
);
const kinds: readonly Kind[] = ['nodes', 'services', 'pods', 'endpointslices'];

/** Pods that went while slices named them: a fresh list does not have them. */
class Gone {
  readonly #pods = new Map<string, ClusterObjects['pods']>();

  note(key: string, how: Step['how'], before: ClusterObjects['pods'] | undefined): void {
    if (how !== 'remove') this.#pods.delete(key);
    else if (before) this.#pods.set(key, before);
  }

  forget(...lookup: Parameters<typeof namedPods>): void {
    const named = namedPods(...lookup);
    for (const key of this.#pods.keys()) if (!named.has(key)) this.#pods.delete(key);
  }

  tell(model: ClusterModel): void {
    for (const [key, pod] of this.#pods) {
      model.set('pods', key, pod);
      model.set('pods', key, undefined);
    }
  }
}

/** The pods that slices of published services name. */
function namedPods(
  slices: ReadonlyMap<string, ClusterObjects['endpointslices']>,
  services: ReadonlyMap<string, ClusterObjects['services']>,
): Set<string> {
  const isPublished = (name = '') =>
    ['true', '{ as: front }'].includes(
      services.get(`shop/${name}`)?.metadata.annotations?.[publishKey] ?? '',
    );
  return new Set(
    [...slices.values()]
      .filter(({ metadata }) => isPublished(metadata.labels?.['kubernetes.io/service-name']))
      .flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }) => `shop/${targetRef?.name}`)),
  );
}

test('whatever came in whatever order, what is told is what a fresh list tells, and that no pod comes back', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const there = Object.fromEntries(kinds.map((kind) => [kind, new Map()])) as Record<
        Kind,
        Map<string, never>
      >;
      const model = new ClusterModel();
      const objects = new Map<string, SourceObject>();
      const gone = new Gone();
      const receive = () => {
        for (const [origin, now] of model.changes()) {
          expect(JSON.stringify(now)).not.toBe(JSON.stringify(objects.get(origin)));
          if (now) objects.set(origin, now);
          else objects.delete(origin);
        }
      };
      for (const { kind, object, how, look } of steps) {
        const key = keyOf(object);
        if (kind === 'pods') gone.note(key, how, there.pods.get(key));
        if (how === 'remove') there[kind].delete(key);
        else there[kind].set(key, object as never);
        // A list after a gap tells of the change, instead of the change itself.
        if (how === 'again') model.replace(kind, [...there[kind].values()]);
        else model.set(kind, key, how === 'set' ? (object as never) : undefined);
        if (!look) continue;
        receive();
        gone.forget(there.endpointslices, there.services);
      }
      receive();
      const fresh = new ClusterModel();
      for (const kind of kinds.toReversed()) fresh.replace(kind, [...there[kind].values()]);
      gone.tell(fresh);
      expect(objects).toEqual(new Map(fresh.changes()));
    }),
    tries(500, 30),
  );
});

test('a change looks at the services it has to do with, whatever else there is', () => {
  const model = new ClusterModel();
  model.set('nodes', 'b1', node('b1'));
  for (let index = 0; index < 2000; index++) {
    model.set('services', `shop/s${index}`, service(`s${index}`));
    model.set(
      'endpointslices',
      `shop/e${index}`,
      slice(`s${index}`, '1', [endpoint(`p${index}`, '10.244.0.1', 'b1')]),
    );
  }
  expect(model.changes().size).toBe(2001);
  model.set('pods', 'shop/p77', pod('p77', { ready: false }));
  expect([...model.changes().keys()]).toEqual(['Service shop/s77']);
  model.set('nodes', 'b1', node('b1', { labels: { 'heddle.io/site': 'potsdam' } }));
  expect([...model.changes().keys()]).toEqual(['Node b1']);
});
