import { describe, expect, test } from 'vitest';
import { iperf3 } from './iperf3.ts';
import { sockperf } from './sockperf.ts';

describe('iperf3', () => {
  test('says what the server received, and what was sent again', () => {
    const text = '{"start":{},"end":{"sum_sent":{"retransmits":3},"sum_received":{"bits_per_second":1.5e9}}}';
    expect(iperf3.figures(text)).toEqual({ bitsPerSecond: 1.5e9, retransmits: 3 });
  });

  test('says of UDP what was lost, and how evenly it came', () => {
    const text =
      '{"start":{},"end":{"sum_received":{"bits_per_second":1e9,"jitter_ms":0.0023,"lost_percent":20.25}}}';
    expect(iperf3.figures(text)).toEqual({ bitsPerSecond: 1e9, lossRatio: 0.2025, jitter: 2.3 });
  });

  test.each([
    ['{"start":{},"end":{},"error":"unable to connect to server"}', 'iperf3: unable to connect to server'],
    ['{"start":{}', 'iperf3: what it printed has no figures'],
    ['', 'iperf3: what it printed has no figures'],
  ])('that could not measure is said: %s', (text, message) => {
    expect(() => iperf3.figures(text)).toThrow(expect.objectContaining({ code: 'ERR_MEASURE', message }));
  });
});

describe('sockperf', () => {
  test('says how long half, and all but a hundredth, took there and back', () => {
    const text =
      'sockperf: ---> percentile 99.900 = 1671.749\nsockperf: ---> percentile 99.000 =  111.704\nsockperf: ---> percentile 50.000 =   14.100\n';
    expect(sockperf.figures(text)).toEqual({ p50: 14.1, p99: 111.704 });
  });

  test('that could not measure is said', () => {
    const text =
      'sockperf: == version #3.7 ==\nsockperf: ERROR: Failed connect() (errno=111 Connection refused)\n';
    const message = 'sockperf: Failed connect() (errno=111 Connection refused)';
    expect(() => sockperf.figures(text)).toThrow(expect.objectContaining({ code: 'ERR_MEASURE', message }));
  });
});
