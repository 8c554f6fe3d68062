import { type Family, featureMetrics } from '../../monitor/metrics/family.ts';
import { readSnmp } from './reader/snmp.ts';
import type { InterfaceRecord } from './records.ts';

export const families: readonly Family<readonly InterfaceRecord[]>[] = [
  counter('sent_bytes', 'Bytes that left an interface', ({ out }) => out.bytes),
  counter('received_bytes', 'Bytes that came to an interface', (one) => one.in.bytes),
  counter('sent_packets', 'Packets that left an interface', ({ out }) => out.packets),
  counter('received_packets', 'Packets that came to an interface', (one) => one.in.packets),
];

export const snmpMetrics = featureMetrics(
  ({ engine, spec }) => readSnmp(engine, spec, 'interfaces', []),
  families,
);

function counter(
  what: string,
  help: string,
  figure: (one: InterfaceRecord) => number,
): Family<readonly InterfaceRecord[]> {
  return {
    name: `heddle_interface_${what}_total`,
    type: 'counter',
    help: `${help}, as SNMP has it.`,
    values: (interfaces) =>
      interfaces.map((one) => ({
        labels: { service: one.service, pod: one.pod, interface: one.name },
        value: figure(one),
      })),
  };
}
