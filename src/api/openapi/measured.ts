import type { CostRow } from '../../monitor/cost/record.ts';
import type { Denial, FirewallCounter, FirewallReport } from '../../monitor/firewall/record.ts';
import type { FlowEnd, FlowRecord, Talkers } from '../../monitor/flows/record.ts';
import type {
  ClockErrorBound,
  DelayFigures,
  LatencyRecord,
  PacketCounts,
  Verdict,
} from '../../monitor/latency/record.ts';
import type { ObjectRecord } from '../../monitor/snmp/record.ts';
import {
  boolean,
  described,
  integer,
  list,
  number,
  oneOf,
  orNull,
  type Schema,
  shape,
  text,
  time,
} from './shape.ts';

const flowEnd = shape<FlowEnd>(
  { address: text, port: integer, service: text, pod: text },
  'port',
  'service',
  'pod',
);

export const flowRecord = shape<FlowRecord>(
  {
    first: time,
    last: time,
    received: time,
    exporters: list(text),
    protocol: text,
    source: flowEnd,
    destination: flowEnd,
    packets: integer,
    bytes: integer,
    tcpFlags: text,
  },
  'tcpFlags',
);

export const talkers = shape<Talkers>({
  source: text,
  destination: text,
  flows: integer,
  packets: integer,
  bytes: integer,
  first: time,
  last: time,
});

export const costRow = shape<CostRow>({
  container: text,
  pod: text,
  service: orNull(text),
  role: text,
  feature: orNull(text),
  cpu: described(number, 'cores, on average'),
  cpuSeconds: number,
  memory: described(integer, 'bytes'),
  memoryPeak: described(integer, 'bytes'),
  sent: described(integer, 'bytes'),
  received: described(integer, 'bytes'),
  seconds: number,
});

export const firewallReport = shape<FirewallReport>({
  counters: list(
    shape<FirewallCounter>({
      service: text,
      pod: text,
      direction: oneOf('ingress', 'egress', 'both'),
      rule: text,
      verdict: oneOf('accept', 'drop'),
      packets: integer,
      bytes: integer,
    }),
  ),
  denied: list(
    shape<Denial>({
      time,
      service: text,
      pod: text,
      direction: oneOf('ingress', 'egress'),
      protocol: text,
      source: flowEnd,
      destination: flowEnd,
    }),
  ),
});

const delays: Schema = orNull(
  described(
    shape<DelayFigures>({
      min: number,
      mean: number,
      median: number,
      p90: number,
      p99: number,
      max: number,
      jitter: orNull(number),
    }),
    'milliseconds',
  ),
);

export const latencyRecord = shape<LatencyRecord>({
  from: text,
  to: text,
  first: orNull(time),
  last: orNull(time),
  address: orNull(text),
  packets: shape<PacketCounts>({
    due: integer,
    sent: integer,
    received: integer,
    lost: integer,
    lostSending: integer,
    lostReturning: integer,
  }),
  loss: orNull(described(number, 'percent')),
  sendDelay: delays,
  receiveDelay: delays,
  roundTrip: delays,
  clockErrorBound: orNull(
    shape<ClockErrorBound>({
      milliseconds: orNull(number),
      basis: oneOf('same clock', 'delays are positive', 'none'),
      reason: text,
    }),
  ),
  objective: list(
    shape<Verdict>({
      figure: oneOf('p50', 'p90', 'p99', 'loss'),
      limit: number,
      observed: orNull(number),
      met: orNull(boolean),
    }),
  ),
  lastFailure: orNull(shape<NonNullable<LatencyRecord['lastFailure']>>({ at: time, reason: text })),
});

export const objectRecord = shape<ObjectRecord>({
  service: text,
  pod: text,
  oid: text,
  name: orNull(text),
  type: text,
  value: { type: ['string', 'number', 'null'] },
});

/** A row of one of the views; their columns are those of `heddle snmp --format json`. */
export const snmpRow: Schema = {
  type: 'object',
  required: ['service', 'pod'],
  properties: { service: text, pod: text },
};
