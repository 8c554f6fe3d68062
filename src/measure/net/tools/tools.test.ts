import { describe, expect, test } from 'vitest';
import { toolFor } from './tools.ts';

const figures = (test: Parameters<typeof toolFor>[0], text: string, seconds = 1) =>
  toolFor(test).figures(text, seconds);
const stream = { kind: 'throughput', streams: 1 } as const;
const questions = { kind: 'latency', size: 64, underLoad: false } as const;

describe('iperf3', () => {
  test('says what the server received, and what was sent again', () => {
    const text = '{"start":{},"end":{"sum_sent":{"retransmits":3},"sum_received":{"bits_per_second":1.5e9}}}';
    expect(figures(stream, text)).toEqual({ bitsPerSecond: 1.5e9, retransmits: 3 });
  });

  test('says of UDP what was lost, and how evenly it came', () => {
    const text =
      '{"start":{},"end":{"sum_received":{"bits_per_second":1e9,"jitter_ms":0.0023,"lost_percent":20.25}}}';
    expect(figures(stream, text)).toEqual({ bitsPerSecond: 1e9, lossRatio: 0.2025, jitter: 2.3 });
  });

  test.each([
    ['{"start":{},"end":{},"error":"unable to connect to server"}', 'iperf3: unable to connect to server'],
    ['{"start":{}', 'iperf3: what it printed has no figures'],
    ['', 'iperf3: what it printed has no figures'],
  ])('that could not measure is said: %s', (text, message) => {
    expect(() => figures(stream, text)).toThrow(expect.objectContaining({ code: 'ERR_MEASURE', message }));
  });
});

describe('sockperf', () => {
  test('says how long half, and all but a hundredth, took there and back', () => {
    const text =
      'sockperf: ---> percentile 99.900 = 1671.749\nsockperf: ---> percentile 99.000 =  111.704\nsockperf: ---> percentile 50.000 =   14.100\n';
    expect(figures(questions, text)).toEqual({ p50: 14.1, p99: 111.704 });
  });

  test('that could not measure is said', () => {
    const text =
      'sockperf: == version #3.7 ==\nsockperf: ERROR: Failed connect() (errno=111 Connection refused)\n';
    const message = 'sockperf: Failed connect() (errno=111 Connection refused)';
    expect(() => figures(questions, text)).toThrow(expect.objectContaining({ code: 'ERR_MEASURE', message }));
  });
});

describe('wrk', () => {
  const connections = { kind: 'connections', parallel: 32 } as const;

  test('says how many connections there were each second', () => {
    expect(figures(connections, 'Requests/sec:  15025.51\nTransfer/sec:      1.31MB\n')).toEqual({
      connectionsPerSecond: 15_025.51,
    });
  });

  test.each(['unable to connect to 10.0.0.2:27000 Connection refused\n', 'Requests/sec:      0.00\n'])(
    'that could not measure is said: %s',
    (text) => {
      expect(() => figures(connections, text)).toThrow(expect.objectContaining({ code: 'ERR_MEASURE' }));
    },
  );
});

describe('rsync', () => {
  const copy = { kind: 'copy', files: 2, size: 1000 } as const;

  test('takes as long as it runs, when all was copied', () => {
    expect(figures(copy, 'Total transferred file size: 2,000 bytes\n', 0.5)).toEqual({ seconds: 0.5 });
  });

  test('that has not copied all has measured nothing', () => {
    for (const text of [
      'Total transferred file size: 1,000 bytes\n',
      'rsync error: error in socket IO (code 10)\n',
    ])
      expect(() => figures(copy, text)).toThrow(expect.objectContaining({ code: 'ERR_MEASURE' }));
  });
});

describe('all-reduce', () => {
  const ranks = { kind: 'all-reduce', size: 4 } as const;

  test('takes what half of its sums took', () => {
    expect(figures(ranks, '[W socket.cpp] a warning\n{"seconds": [0.03, 0.01, 0.02]}\n')).toEqual({
      seconds: 0.02,
    });
  });

  test('that could not measure is said', () => {
    const text = 'Traceback (most recent call last):\nRuntimeError: Connection reset by peer\n';
    const message = 'all-reduce: RuntimeError: Connection reset by peer';
    expect(() => figures(ranks, text)).toThrow(expect.objectContaining({ code: 'ERR_MEASURE', message }));
  });
});
