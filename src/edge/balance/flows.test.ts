import { expect, test } from 'vitest';
import { lostFlows, readFlows } from './flows.ts';

// As conntrack 1.4.7 prints them.
const flows =
  readFlows(`udp      17 23 src=10.1.0.7 dst=10.1.0.1 sport=4000 dport=53 src=10.2.9.1 dst=10.2.0.1 sport=8080 dport=4000 [ASSURED] mark=0 use=1
udp      17 25 src=10.1.0.7 dst=10.1.0.1 sport=4001 dport=53 src=10.2.9.2 dst=10.2.0.1 sport=8080 dport=4001 mark=0 use=1
udp      17 25 src=10.1.0.8 dst=10.1.0.1 sport=4002 dport=53 src=10.2.9.2 dst=10.2.0.1 sport=8080 dport=4002 mark=0 use=1
udp      17 25 src=10.1.0.7 dst=10.1.0.1 sport=4003 dport=53 [UNREPLIED] src=10.1.0.1 dst=10.1.0.7 sport=53 dport=4003 mark=0 use=1
udp      17 25 src=10.1.0.7 dst=10.1.0.1 sport=4004 dport=123 src=10.1.0.1 dst=10.1.0.7 sport=123 dport=4004 mark=0 use=1
icmp     1 29 src=10.1.0.7 dst=10.1.0.1 type=8 code=0 id=1 src=10.1.0.1 dst=10.1.0.7 type=0 code=0 id=1 mark=0 use=1
`);

test('flows are read with where they lead', () => {
  expect(flows).toHaveLength(5);
  expect(flows[0]).toEqual({ port: 53, backend: '10.2.9.1', backendPort: 8080 });
});

test('those to a copy that is gone are lost, each copy named once, and those from before there was one', () => {
  const keepers = new Map([['udp-53-ip', new Set(['10.2.9.1 . 8080'])]]);
  expect(lostFlows(flows, 'ip', keepers).map(({ backend }) => backend)).toEqual(['10.2.9.2', '10.1.0.1']);
});

test('those to ports that are not balanced are nobody’s business', () => {
  const keepers = new Map([['udp-53-ip6', new Set<string>()]]);
  expect(lostFlows(flows, 'ip', keepers)).toEqual([]);
});
