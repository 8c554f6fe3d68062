import type { Test } from '../measurement.ts';
import { allReduce } from './all-reduce.ts';
import { connections } from './connections.ts';
import { copy } from './copy.ts';
import { datagrams, throughput } from './iperf3.ts';
import { latency } from './sockperf.ts';
import type { Tool } from './tool.ts';

/** What a test is carried out by. Pure. */
export function toolFor(test: Test): Tool {
  switch (test.kind) {
    case 'throughput':
      return throughput(test);
    case 'datagrams':
      return datagrams(test);
    case 'latency':
      return latency(test);
    case 'connections':
      return connections(test);
    case 'all-reduce':
      return allReduce(test);
    case 'copy':
      return copy(test);
  }
}
