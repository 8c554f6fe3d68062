import type { Figures, Test } from '../measurement.ts';
import * as iperf3 from './iperf3.ts';
import * as sockperf from './sockperf.ts';

/** How a test is carried out: a program at each end. */
export interface Tool {
  /** Of Debian. */
  readonly packageName: string;
  readonly program: string;
  server(address: string, port: number): readonly string[];
  client(address: string, port: number, seconds: number): readonly string[];
  /** @throws HeddleError ERR_MEASURE */
  figures(text: string): Figures;
}

/** Pure. */
export function toolFor(test: Test): Tool {
  switch (test.kind) {
    case 'throughput':
      return {
        packageName: 'iperf3',
        program: 'iperf3',
        server: iperf3.serverCommand,
        client: (address, port, seconds) => iperf3.clientCommand(address, port, test.streams, seconds),
        figures: iperf3.figuresOf,
      };
    case 'datagrams':
      return {
        packageName: 'iperf3',
        program: 'iperf3',
        server: iperf3.serverCommand,
        client: (address, port, seconds) => iperf3.datagramsCommand(address, port, test.size, seconds),
        figures: iperf3.figuresOf,
      };
    case 'latency':
      return {
        packageName: 'sockperf',
        program: 'sockperf',
        server: sockperf.serverCommand,
        client: (address, port, seconds) => sockperf.clientCommand(address, port, test.size, seconds),
        figures: sockperf.figuresOf,
      };
  }
}
