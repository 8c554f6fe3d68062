import type { Test } from '../measurement.ts';
import { datagramsClient, iperf3, streamsClient } from './iperf3.ts';
import { messagesClient, sockperf } from './sockperf.ts';
import type { Tool } from './tool.ts';

/** What a test is carried out by. Pure. */
export function toolFor(test: Test): Tool {
  switch (test.kind) {
    case 'throughput':
      return { ...iperf3, client: streamsClient(test.streams) };
    case 'datagrams':
      return { ...iperf3, client: datagramsClient(test.size) };
    case 'latency':
      return { ...sockperf, client: messagesClient(test.size) };
  }
}
