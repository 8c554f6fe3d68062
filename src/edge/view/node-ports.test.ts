import { expect, test } from 'vitest';
import { copyOf } from '../../../test/support/edge-model.ts';
import type { Copy, EdgeNode, EdgePort } from '../model/model.ts';
import { nodePortsOf } from './node-ports.ts';

const http: EdgePort = { name: 'http', port: 80, protocol: 'tcp', application: 'http' };
const dns: EdgePort = { name: 'dns', port: 53, protocol: 'udp', application: 'stream' };
const node = (rest: Partial<EdgeNode> = {}): EdgeNode => ({
  name: 'n1',
  site: 'x',
  addresses: ['10.2.0.11', 'fd00:2::11'],
  ...rest,
});
const copy = (rest: Partial<Copy>) => copyOf('web', 'n1', { ports: { http: 8080, dns: 5353 }, ...rest });

test.each<[string, Partial<Copy>, EdgeNode | undefined, Record<string, number>]>([
  ['its own number at an address of the node', { address: '10.2.0.11' }, node(), { http: 8080, dns: 5353 }],
  ['the same of IPv6, however it is written', { address: 'fd00:2:0::11' }, node(), { http: 8080, dns: 5353 }],
  [
    'that of the proxy there, which carries TCP',
    { address: '10.244.0.5' },
    node({ proxy: true }),
    { http: 80 },
  ],
  [
    'a NodePort, also of what the proxy does not carry',
    { address: '10.244.0.5', nodePorts: { http: 30_080, dns: 30_053 } },
    node({ proxy: true }),
    { http: 80, dns: 30_053 },
  ],
  ['a NodePort', { nodePorts: { http: 30_080 } }, node(), { http: 30_080 }],
  ['nothing that is known', {}, node(), {}],
  [
    'the number of the service where the copy says none',
    { address: '10.2.0.11', ports: {} },
    node(),
    { http: 80, dns: 53 },
  ],
  ['nothing without a node', {}, undefined, {}],
])('a copy is reached at its node by %s', (_, rest, at, expected) => {
  expect(nodePortsOf(copy(rest), [http, dns], at)).toEqual(expected);
});

test('a port may have the name of anything', () => {
  const port = { ...http, name: 'constructor' };
  expect(nodePortsOf(copy({ address: '10.2.0.11' }), [port], node())).toEqual({ constructor: 80 });
  expect(nodePortsOf(copy({ nodePorts: {} }), [port], node())).toEqual({});
});

test('where the proxy leads another service on, it is not reached by that', () => {
  const port = { ...http, notAtNodes: true } as const;
  const one = copy({ nodePorts: { http: 30_080 } });
  expect(nodePortsOf(one, [port], node({ proxy: true }))).toEqual({ http: 30_080 });
});
