import type { DelayFigures } from '../latency/record.ts';
import type { ApplicationSnapshot } from './snapshot.ts';

export interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric family of an application: its name and unit follow https://prometheus.io/docs/practices/naming/. */
export interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly values: (application: ApplicationSnapshot) => readonly Value[];
}

/** Talkers that are told apart; the rest would only fill the store of whoever scrapes. */
export const talkersTold = 50;

export const families: readonly Family[] = [
  {
    name: 'heddle_containers',
    type: 'gauge',
    help: 'Containers of an application, by role and state.',
    values: ({ containers }) =>
      [...Map.groupBy(containers, ({ role, state }) => `${role} ${state}`).values()].map((group) => ({
        labels: { role: group[0]?.role ?? '', state: group[0]?.state ?? '' },
        value: group.length,
      })),
  },
  container(
    'heddle_container_cpu_seconds_total',
    'counter',
    'CPU that a container has used.',
    ({ cpu }) => cpu,
  ),
  container(
    'heddle_container_memory_bytes',
    'gauge',
    'Memory that a container uses.',
    ({ memory }) => memory,
  ),
  container(
    'heddle_container_sent_bytes_total',
    'counter',
    'Bytes sent: by an application on its networks, by management on its link.',
    ({ sent }) => sent,
  ),
  container(
    'heddle_container_received_bytes_total',
    'counter',
    'Bytes received: by an application on its networks, by management on its link.',
    ({ received }) => received,
  ),
  {
    name: 'heddle_over_budget',
    type: 'gauge',
    help: '1 for a container that was over its budget for a minute; detached says whether it was taken away.',
    values: ({ overBudget }) =>
      overBudget.map(({ container: name, detached }) => ({
        labels: { container: name, detached: String(detached) },
        value: 1,
      })),
  },
  {
    name: 'heddle_feature_up',
    type: 'gauge',
    help: '1 when the agents or the collector of a feature answered this scrape.',
    values: ({ answered }) =>
      Object.entries(answered).map(([feature, up]) => ({ labels: { feature }, value: up ? 1 : 0 })),
  },
  {
    name: 'heddle_latency_delay_seconds',
    type: 'gauge',
    help: 'Delay between two services over the last minute.',
    values: ({ latency }) =>
      latency.flatMap(({ from, to, sendDelay, receiveDelay, roundTrip }) => [
        ...delays({ from, to, direction: 'send' }, sendDelay),
        ...delays({ from, to, direction: 'receive' }, receiveDelay),
        ...delays({ from, to, direction: 'round_trip' }, roundTrip),
      ]),
  },
  {
    name: 'heddle_latency_clock_error_seconds',
    type: 'gauge',
    help: 'How far off a one-way delay may be.',
    values: ({ latency }) =>
      latency.flatMap(({ from, to, clockErrorBound }) => {
        const milliseconds = clockErrorBound?.milliseconds;
        return milliseconds === null || milliseconds === undefined
          ? []
          : { labels: { from, to }, value: milliseconds / 1000 };
      }),
  },
  {
    name: 'heddle_latency_loss_ratio',
    type: 'gauge',
    help: 'Packets lost between two services over the last minute.',
    values: ({ latency }) =>
      latency.flatMap(({ from, to, loss }) =>
        loss === null ? [] : { labels: { from, to }, value: loss / 100 },
      ),
  },
  {
    name: 'heddle_latency_objective_met',
    type: 'gauge',
    help: '1 when an objective was met over the last minute, 0 when not; absent while undecided.',
    values: ({ latency }) =>
      latency.flatMap(({ from, to, objective }) =>
        objective.flatMap(({ figure, met }) =>
          met === null ? [] : { labels: { from, to, figure }, value: met ? 1 : 0 },
        ),
      ),
  },
  talker(
    'heddle_flows_bytes_per_second',
    'Bytes that one service or address sent another over the last minute.',
    'bytes',
  ),
  talker(
    'heddle_flows_packets_per_second',
    'Packets that one service or address sent another over the last minute.',
    'packets',
  ),
  firewall('heddle_firewall_packets_total', 'Packets that met a rule of a firewall.', 'packets'),
  firewall('heddle_firewall_bytes_total', 'Bytes that met a rule of a firewall.', 'bytes'),
  network(
    'heddle_interface_sent_bytes_total',
    'Bytes that left an interface, as SNMP has it.',
    ({ out }) => out.bytes,
  ),
  network(
    'heddle_interface_received_bytes_total',
    'Bytes that came to an interface, as SNMP has it.',
    (one) => one.in.bytes,
  ),
  network(
    'heddle_interface_sent_packets_total',
    'Packets that left an interface, as SNMP has it.',
    ({ out }) => out.packets,
  ),
  network(
    'heddle_interface_received_packets_total',
    'Packets that came to an interface, as SNMP has it.',
    (one) => one.in.packets,
  ),
];

function container(
  name: string,
  type: Family['type'],
  help: string,
  figure: (sample: ApplicationSnapshot['used'][number]['sample']) => number,
): Family {
  const values: Family['values'] = ({ used }) =>
    used.map(({ subject, sample }) => ({
      labels: {
        container: subject.name,
        pod: subject.pod,
        service: subject.service ?? '',
        role: subject.role,
        feature: subject.feature ?? '',
      },
      value: figure(sample),
    }));
  return { name, type, help, values };
}

function talker(name: string, help: string, figure: 'bytes' | 'packets'): Family {
  const values: Family['values'] = ({ talkers }) =>
    talkers.map((pair) => ({
      labels: { source: pair.source, destination: pair.destination },
      value: pair[figure] / 60,
    }));
  return { name, type: 'gauge', help, values };
}

function firewall(name: string, help: string, figure: 'bytes' | 'packets'): Family {
  const values: Family['values'] = ({ firewall: counters }) =>
    counters.map(({ service, pod, direction, rule, verdict, ...counter }) => ({
      labels: { service, pod, direction, rule, verdict },
      value: counter[figure],
    }));
  return { name, type: 'counter', help, values };
}

function network(
  name: string,
  help: string,
  figure: (one: ApplicationSnapshot['interfaces'][number]) => number,
): Family {
  const values: Family['values'] = ({ interfaces }) =>
    interfaces.map((one) => ({
      labels: { service: one.service, pod: one.pod, interface: one.name },
      value: figure(one),
    }));
  return { name, type: 'counter', help, values };
}

function delays(labels: Readonly<Record<string, string>>, figures: DelayFigures | null): Value[] {
  if (!figures) return [];
  const { min, median, p90, p99, max } = figures;
  return Object.entries({ min, median, p90, p99, max }).map(([figure, milliseconds]) => ({
    labels: { ...labels, figure },
    value: milliseconds / 1000,
  }));
}
