import { type Family, featureMetrics } from '../../monitor/metrics/family.ts';
import type { InspectionRecord } from './contract.ts';
import { readInspection } from './reader/inspection.ts';

/** An inspector tells 200 pairs of application and protocol apart at most: as many series has each replica in a direction. */
export const families: readonly Family<readonly InspectionRecord[]>[] = [
  amount('heddle_inspection_bytes_total', 'Bytes that a service said and heard by an application.', 'bytes'),
  amount(
    'heddle_inspection_packets_total',
    'Packets that a service said and heard by an application.',
    'packets',
  ),
  {
    name: 'heddle_inspection_flows_total',
    type: 'counter',
    help: 'Conversations of a service by an application.',
    values: (records) =>
      records.flatMap(({ service, pod, chain, applications }) =>
        applications.map(({ application, protocol, flows }) => ({
          labels: { service, pod, chain, application, protocol },
          value: flows,
        })),
      ),
  },
  {
    name: 'heddle_inspection_missed_packets_total',
    type: 'counter',
    help: 'Packets that an inspector did not look at, since they came too fast.',
    values: (records) =>
      records.map(({ service, pod, chain, missed }) => ({ labels: { service, pod, chain }, value: missed })),
  },
];

export const inspectionMetrics = featureMetrics(
  ({ engine, spec }) => readInspection(engine, spec, []),
  families,
);

function amount(
  name: string,
  help: string,
  figure: 'bytes' | 'packets',
): Family<readonly InspectionRecord[]> {
  return {
    name,
    type: 'counter',
    help,
    values: (records) =>
      records.flatMap(({ service, pod, chain, applications }) =>
        applications.flatMap(({ application, protocol, ...one }) =>
          (['ingress', 'egress'] as const).map((direction) => ({
            labels: { service, pod, chain, direction, application, protocol },
            value: one[direction][figure],
          })),
        ),
      ),
  };
}
