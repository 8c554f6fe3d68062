import { expect, test } from 'vitest';
import { ip } from '../ip/ip.ts';
import { linux } from '../linux/linux.ts';
import { sdn } from '../sdn/sdn.ts';
import type { WantedEndpoint, WantedNetwork } from '../standard/records.ts';
import { carriedOptions } from './carried.ts';
import { levelsOf, sharedLevels } from './levels.ts';
import { type KeptLevel, planSwitch } from './plan-switch.ts';

const archetypes = new Map([linux, ip, sdn].map((one) => [one.name, one]));
const status = { phase: 'ready' as const, observed: { interface: 'hb1' } };
let ids = 0;
const newId = () => (++ids).toString(16).padStart(12, 'f');

function level(archetype: string, name: string, options: object, ofEndpoint: object, labels = {}): KeptLevel {
  const of = archetypes.get(archetype)!;
  const network: WantedNetwork = {
    name,
    archetype,
    id: `id-${archetype}`,
    mtu: 1400,
    vlan: 12,
    labels,
    options: of.networkOptions.parse(options),
  };
  const endpoint: WantedEndpoint = {
    name: 'web',
    network: name,
    archetype,
    id: `id-${archetype}-web`,
    attachment: { kind: 'namespace', path: '/run/netns/web', interface: 'eth0' },
    mac: '02:00:00:00:00:07',
    labels: {},
    options: of.endpointOptions.parse(ofEndpoint),
  };
  return { archetype, name, network: { wanted: network, status }, endpoints: [{ wanted: endpoint, status }] };
}

const subnets = [{ subnet: '10.7.0.0/24', gateway: '10.7.0.1', range: '10.7.0.0/24' }];
const web = { addresses: ['10.7.0.9'], ports: [{ port: 80, published: 8080 }] };
const ofIp = (): readonly [KeptLevel, ...KeptLevel[]] => [
  level('ip', 'lab', { subnets }, web, { who: 'us' }),
  level(
    'linux',
    'ip.lab',
    { addresses: ['10.7.0.1/24'] },
    { addresses: ['10.7.0.9/24'] },
    { 'heddle.owner': 'ip/lab' },
  ),
];
const around = { taken: [], vlans: new Map() };
const plan = (before: readonly [KeptLevel, ...KeptLevel[]], archetype: string, more = {}) =>
  planSwitch({ archetypes, before, wish: { archetype, ...more }, others: [], around, newId });
const briefly = ({ archetype, name, network: { wanted }, endpoints }: KeptLevel) =>
  [archetype, name, wanted.id, endpoints[0]?.wanted.id].join(' ');

test('levels are those of services, each a part of the one above; the lowest of two are shared', () => {
  const of = (archetype: string) => levelsOf(archetypes, { archetype, name: 'lab' });
  expect(of('sdn').map(({ archetype, name }) => `${archetype} ${name}`)).toEqual([
    'sdn lab',
    'ip sdn.lab',
    'linux ip.sdn.lab',
  ]);
  expect([sharedLevels(of('sdn'), of('ip')), sharedLevels(of('ip'), of('linux'))]).toEqual([2, 1]);
  expect(() => of('token-ring')).toThrow('there are linux, ip, sdn');
});

test('from ip to sdn what is there becomes a part under another name, and nothing is lost', () => {
  const { after, left, lost } = plan(ofIp(), 'sdn');
  expect(after.map(briefly)[1]).toBe('ip sdn.lab id-ip id-ip-web');
  expect(after.map(briefly)[2]).toBe('linux ip.sdn.lab id-linux id-linux-web');
  const [top, part] = after;
  expect(top?.network).toMatchObject({
    wanted: { archetype: 'sdn', mtu: 1400, vlan: 12, labels: { who: 'us' }, options: { subnets } },
    status: { phase: 'pending' },
  });
  expect(top?.endpoints[0]?.wanted).toMatchObject({ mac: '02:00:00:00:00:07', options: web });
  expect(part?.network.wanted.labels).toEqual({ 'heddle.owner': 'sdn/lab' });
  expect({ left, lost }).toEqual({ left: [], lost: [] });
});

test('from sdn to ip the part becomes the whole, with the labels of its user, and what sdn has is left', () => {
  const owner = { 'heddle.owner': 'sdn/lab' };
  const before: [KeptLevel, ...KeptLevel[]] = [
    level('sdn', 'lab', { subnets, controller: 'tcp:10.0.0.9:6653' }, web, { who: 'us' }),
    level('ip', 'sdn.lab', { subnets }, web, owner),
    level('linux', 'ip.sdn.lab', {}, {}, owner),
  ];
  const { after, left, lost } = plan(before, 'ip');
  expect(after.map(briefly)).toEqual(['ip lab id-ip id-ip-web', 'linux ip.lab id-linux id-linux-web']);
  expect(after[0]?.network.wanted).toMatchObject({ labels: { who: 'us' }, options: { subnets } });
  expect(left.map(({ archetype, network }) => `${archetype} ${network.network.name}`)).toEqual(['sdn lab']);
  expect(lost).toEqual([{ of: 'network lab', what: 'option controller: "tcp:10.0.0.9:6653"' }]);
});

test('what an archetype without IP does not know is lost, option by option; what is said is not', () => {
  const { after, left, lost } = plan(ofIp(), 'linux', { options: { addresses: ['10.7.0.1/24'] } });
  expect(after.map(briefly)).toEqual(['linux lab id-linux id-linux-web']);
  expect(after[0]?.network.wanted.options).toMatchObject({ addresses: ['10.7.0.1/24'] });
  expect(left.map(({ archetype }) => archetype)).toEqual(['ip']);
  expect(lost.map(({ of, what }) => `${of}: ${what.split(':')[0]}`)).toEqual([
    'network lab: IP',
    'network lab: option subnets',
    'endpoint web: option addresses',
    'endpoint web: option ports',
  ]);
});

test('subnets are kept: chosen by the service below or said, others are refused', () => {
  const other = { options: { subnets: [{ subnet: '10.8.0.0/24' }] } };
  expect(() => plan(ofIp(), 'sdn', other)).toThrow('it keeps 10.7.0.0/24');
  const before: [KeptLevel, ...KeptLevel[]] = [
    level('sdn', 'lab', {}, {}),
    level('ip', 'sdn.lab', { subnets }, web, { 'heddle.owner': 'sdn/lab' }),
    level('linux', 'ip.sdn.lab', {}, {}, { 'heddle.owner': 'ip/sdn.lab' }),
  ];
  expect(plan(before, 'ip').after[0]?.network.wanted.options).toMatchObject({ subnets });
  expect(() => plan(before, 'ip', other)).toThrow('a network keeps its subnets');
});

test('what is led goes along where a function can stand in its path, and is refused elsewhere', () => {
  const [, below] = ofIp() as [KeptLevel, KeptLevel];
  const led = level('ip', 'lab', { subnets }, { ...web, led: true });
  expect(plan([led, below], 'sdn').after[0]?.endpoints[0]?.wanted.options).toMatchObject({ led: true });
  const foreign = { options: { controller: 'tcp:10.0.0.9:6653' } };
  expect(() => plan([led, below], 'sdn', foreign)).toThrow('endpoint web is led through functions');
  expect(() => plan([led, below], 'linux')).toThrow('endpoints have no IP');
});

test('what is going stays as it is', () => {
  const [top, below] = ofIp() as [KeptLevel, KeptLevel];
  const going = { ...top, network: { ...top.network, wanted: { ...top.network.wanted, deleting: true } } };
  expect(() => plan([going, below], 'sdn')).toThrow('it is being removed');
});

test('options that another schema takes otherwise are not carried', () => {
  const carried = carriedOptions(
    linux.endpointOptions.parse({ addresses: ['10.7.0.9/24'], isolated: true }),
    linux.endpointOptions,
    ip.endpointOptions,
  );
  expect(carried.lost).toEqual(expect.arrayContaining(['isolated', 'addresses']));
  expect(ip.endpointOptions.safeParse(carried.options).success).toBe(true);
});
