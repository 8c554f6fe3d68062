import { expect, test } from 'vitest';
import { metricsText } from '../../lib/metrics/text.ts';
import { type NetworkFigures, networkFamilies } from './network-families.ts';

const passed = (packets: number) => ({ packets, bytes: packets * 100, dropped: 1 });
const link = { received: passed(2), sent: passed(3) };
const flow = { table: 0, priority: 1, cookie: '0x1', match: {}, bytes: 0, age: 1 } as const;
const status = { phase: 'ready', observed: {} } as const;
const figures: NetworkFigures = {
  networks: [
    { name: 'lab', archetype: 'sdn', status },
    {
      name: 'hall',
      archetype: 'etarch',
      status: { phase: 'ready', observed: { titles: 3, workspaces: 1, members: 2 } },
    },
  ],
  endpoints: [
    { network: 'lab', archetype: 'sdn', status },
    { network: 'lab', archetype: 'sdn', status },
  ],
  counters: [
    {
      network: 'lab',
      archetype: 'sdn',
      links: [
        { kind: 'endpoint', name: 'web', interface: 'hp1', ...link },
        { kind: 'host', name: 'hb1', interface: 'hb1', ...link },
      ],
    },
  ],
  flows: [
    {
      network: 'lab',
      archetype: 'sdn',
      flows: [
        { ...flow, kind: 'standing', actions: ['goto_table:1'], packets: 5 },
        { ...flow, kind: 'standing', actions: ['goto_table:1'], packets: 6 },
        { ...flow, kind: 'standing', actions: [], packets: 7 },
        { ...flow, kind: 'standing', actions: ['controller', 'goto_table:1'], packets: 8 },
      ],
    },
  ],
  links: [],
  bonds: [],
  repairs: [{ archetype: 'sdn', done: 4, failed: 0 }],
};

/**
 * What promtool checks of the text format, as far as it can be said in a few lines: a head before each family and none twice, a
 * name by the rules, `_total` for counters, a number behind each line, no series twice.
 */
function checked(text: string): Map<string, number> {
  const series = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.trimEnd().split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\w+) (gauge|counter)$/.exec(line) ?? [];
    if (name !== '') {
      expect(types.has(name)).toBe(false);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      types.set(name, type);
    }
    if (line.startsWith('#')) continue;
    const [, family = '', labels = '', value = ''] =
      /^([a-z_]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\} (\d+(?:\.\d+)?)$/.exec(line) ?? [];
    expect([...types.keys()].at(-1), line).toBe(family);
    const key = `${family}{${labels}}`;
    expect(series.has(key)).toBe(false);
    series.set(key, Number(value));
  }
  return series;
}

test('each figure of networks is a series by Prometheus’ rules', async () => {
  const series = checked(await metricsText(networkFamilies, figures, {}));
  const ofEndpoint = '{network="lab",archetype="sdn",endpoint="web"}';
  const ofTable = (action: string) =>
    `{network="lab",archetype="sdn",table="0",kind="standing",action="${action}"}`;
  expect(Object.fromEntries(series)).toMatchObject({
    'heddle_networks{archetype="sdn",phase="ready"}': 1,
    'heddle_network_endpoints{network="lab",archetype="sdn",phase="ready"}': 2,
    [`heddle_network_endpoint_receive_bytes_total${ofEndpoint}`]: 200,
    [`heddle_network_endpoint_transmit_packets_total${ofEndpoint}`]: 3,
    [`heddle_network_endpoint_receive_drop_total${ofEndpoint}`]: 1,
    'heddle_network_link_transmit_bytes_total{network="lab",archetype="sdn",link="host",interface="hb1"}': 300,
    [`heddle_network_flows${ofTable('pass')}`]: 2,
    [`heddle_network_flow_packets_total${ofTable('pass')}`]: 11,
    [`heddle_network_flow_packets_total${ofTable('drop')}`]: 7,
    [`heddle_network_flow_packets_total${ofTable('controller')}`]: 8,
    'heddle_network_titles{network="hall",archetype="etarch"}': 3,
    'heddle_network_workspaces{network="hall",archetype="etarch"}': 1,
    'heddle_network_workspace_members{network="hall",archetype="etarch"}': 2,
    'heddle_network_repairs_total{archetype="sdn",result="repaired"}': 4,
  });
});

test('whatever a name holds stays in its quotes', async () => {
  const [counters] = figures.counters;
  const named = { ...figures, counters: [{ ...counters!, network: 'a"b\\c\nd' }] };
  const series = checked(await metricsText(networkFamilies, named, {}));
  expect([...series.keys()].some((key) => key.includes(String.raw`network="a\"b\\c\nd"`))).toBe(true);
});
