import { describe, expect, test } from 'vitest';
import { ip } from '../ip/ip.ts';
import type { Kept } from '../standard/collection.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import type { Network } from '../standard/network.ts';
import type { WantedEndpoint, WantedNetwork } from '../standard/records.ts';
import { type LocalView, type SharedView, todoOf } from './todo.ts';

const ready = { phase: 'ready', observed: {} } as const;
const subnet = { subnet: '10.9.0.0/24', gateway: '10.9.0.1', range: '10.9.0.0/24' };
const owned = { 'heddle.owner': 'dispatch' };

function network(more: Partial<WantedNetwork> = {}): Kept<WantedNetwork> {
  const options = { ...ip.networkOptions.parse({}), subnets: [subnet] };
  const wanted = { name: 'lab', archetype: 'ip', id: 'n', mtu: 1500, vlan: 7, labels: {}, options, ...more };
  return { wanted, revision: 1, status: ready };
}

function endpoint(name: string, node: string, more: Partial<WantedEndpoint> = {}): Kept<WantedEndpoint> {
  const attachment = { kind: 'namespace', path: `/run/netns/${name}`, interface: 'eth0' } as const;
  const options = { ...ip.endpointOptions.parse({}), addresses: ['10.9.0.9'] };
  const wanted = {
    name,
    network: 'lab',
    archetype: 'ip',
    id: name,
    node,
    attachment,
    mac: 'm',
    labels: {},
    options,
  };
  return { wanted: { ...wanted, ...more }, revision: 2, status: ready };
}

const itself = endpoint('node.a', 'a', {
  attachment: { kind: 'node', node: 'a' },
  options: { ...ip.endpointOptions.parse({}), addresses: ['10.9.0.4'] },
});
const shared = (more: Partial<SharedView> = {}): SharedView => ({
  network: network(),
  endpoints: [],
  isClaimed: false,
  isForgotten: false,
  ...more,
});
const todo = (view: SharedView, local: Partial<LocalView> = {}, hasEdge = true) =>
  todoOf(ip, { node: 'a', hasEdge }, view, { network: undefined, endpoints: [], ...local });
const rest = { lose: [], unknown: [], forget: [], leave: false, claim: false, join: false, endpoints: [] };

/** As the own service has what it was told. */
function made({ network: wish, endpoints }: ReturnType<typeof todo>): LocalView {
  const more = { id: 'l', revision: 1, status: ready, network: 'lab', archetype: 'ip' };
  return {
    network: { ...more, ...wish } as Network,
    endpoints: endpoints.map((one) => ({ ...more, ...one }) as Endpoint),
  };
}

describe('a network', () => {
  test('without endpoints here is none of this node’s business', () => {
    expect(todo(shared())).toEqual(rest);
    expect(todo(shared({ endpoints: [endpoint('y', 'b')] }))).toEqual(rest);
    expect(todo(shared({ network: undefined }))).toEqual(rest);
  });

  test('comes with its first endpoint: it is claimed, and the node gets one itself', () => {
    expect(todo(shared({ endpoints: [endpoint('x', 'a')] }))).toEqual({ ...rest, claim: true, join: true });
  });

  test('has the node as its gateway', () => {
    const view = shared({ endpoints: [itself, endpoint('y', 'b'), endpoint('x', 'a')], isClaimed: true });
    const found = todo(view);
    expect(found).toMatchObject({ ...rest, endpoints: expect.anything() });
    expect(found.network).toMatchObject({
      vlan: 7,
      labels: owned,
      options: { subnets: [{ ...subnet, gateway: '10.9.0.4' }] },
    });
    // Own ones first; of the node itself nothing is said.
    expect(found.endpoints.map(({ name, attachment }) => [name, attachment.kind])).toEqual([
      ['x', 'namespace'],
      ['y', 'remote'],
    ]);
    // Nothing is left to do when it is so.
    expect(todo(view, made(found))).toEqual(rest);
  });

  test('has no VLAN id where there is no edge', () => {
    const view = shared({ endpoints: [itself, endpoint('x', 'a')], isClaimed: true });
    expect(todo(view, {}, false).network).not.toHaveProperty('vlan');
  });

  test('stays without endpoints, until nobody wants it', () => {
    const view = shared({ endpoints: [itself, endpoint('x', 'a')], isClaimed: true });
    const local = made(todo(view));
    const deleting = network({ deleting: true });
    expect(todo(shared({ network: deleting, endpoints: [itself], isClaimed: true }), local)).toEqual({
      ...rest,
      lose: ['x'],
      leave: true,
    });
  });

  test('that the shared state has lost is left as it is, unless this node was forgotten', () => {
    const local = made(todo(shared({ endpoints: [itself, endpoint('x', 'a')], isClaimed: true })));
    const lost = shared({ network: undefined });
    expect(() => todo(lost, local)).toThrow(
      'network lab: the state that nodes share knows nothing of it, and nobody had it removed: it is left as it is',
    );
    expect(todo({ ...lost, isForgotten: true }, local)).toEqual({ ...rest, lose: ['x'], leave: true });
    // Its removal was cut off.
    expect(todo({ ...lost, isClaimed: true }, local)).toEqual({ ...rest, lose: ['x'], leave: true });
  });

  test('that others have still goes from a node that was forgotten, unless it has an endpoint there by now', () => {
    const local = made(todo(shared({ endpoints: [itself, endpoint('x', 'a')], isClaimed: true })));
    const forgotten = shared({ endpoints: [endpoint('y', 'b')], isForgotten: true });
    expect(todo(forgotten, local)).toEqual({ ...rest, lose: ['x'], leave: true });
    const again = shared({ endpoints: [itself, endpoint('z', 'a')], isForgotten: true });
    expect(todo(again, local)).toMatchObject({ lose: ['x'], leave: false, endpoints: [{ name: 'z' }] });
  });

  test('of the node’s own by that name is not touched', () => {
    const own = { ...made(todo(shared())).network, name: 'lab', labels: {} } as Network;
    expect(() => todo(shared({ endpoints: [endpoint('x', 'a')] }), { network: own })).toThrow(
      'network lab: this node has one of its own by that name, of ip',
    );
    expect(todo(shared(), { network: own })).toEqual(rest);
    expect(todo(shared({ network: undefined }), { network: own })).toEqual(rest);
  });
});

describe('an endpoint', () => {
  test('of this node that the shared state has lost is left as it is, unless this node was forgotten', () => {
    const local = made(
      todo(shared({ endpoints: [itself, endpoint('x', 'a'), endpoint('y', 'b')], isClaimed: true })),
    );
    const alone = shared({ endpoints: [itself], isClaimed: true });
    expect(todo(alone, local)).toEqual({ ...rest, lose: ['y'], unknown: ['x'] });
    expect(todo({ ...alone, isForgotten: true }, local)).toEqual({ ...rest, lose: ['x', 'y'] });
  });

  test('that goes is lost here before it is forgotten, and elsewhere at once', () => {
    const x = endpoint('x', 'a');
    const y = endpoint('y', 'b');
    const view = shared({ endpoints: [itself, x, y], isClaimed: true });
    const local = made(todo(view));
    const going = [x, y].map(({ wanted }) => endpoint(wanted.name, wanted.node ?? '', { deleting: true }));
    expect(todo(shared({ endpoints: [itself, ...going], isClaimed: true }), local)).toEqual({
      ...rest,
      lose: ['x', 'y'],
      forget: [going[0]],
    });
  });

  test('that failed is tried again, and one that moved is lost first', () => {
    const view = shared({ endpoints: [itself, endpoint('x', 'a')], isClaimed: true });
    const local = made(todo(view));
    const failed = local.endpoints.map((one) => ({ ...one, status: { ...ready, phase: 'failed' as const } }));
    expect(todo(view, { ...local, endpoints: failed }).endpoints.map(({ name }) => name)).toEqual(['x']);
    const moved = todo(shared({ endpoints: [itself, endpoint('x', 'b')], isClaimed: true }), local);
    expect(moved.lose).toEqual(['x']);
    expect(moved.endpoints).toMatchObject([{ name: 'x', attachment: { kind: 'remote', node: 'b' } }]);
  });
});
