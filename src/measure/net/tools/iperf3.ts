import { HeddleError } from '../../../lib/errors.ts';
import * as z from '../../../lib/zod.ts';
import type { Figures } from '../measurement.ts';
import type { Client, Tool } from './tool.ts';

// iperf3(1), as Debian has it. Pure.

const ended = z.object({
  error: z.string().optional(),
  end: z
    .object({
      sum_received: z.object({
        bits_per_second: z.number(),
        jitter_ms: z.number().optional(),
        lost_percent: z.number().optional(),
      }),
      sum_sent: z.object({ retransmits: z.number().optional() }),
    })
    .partial(),
});

const program = 'iperf3';

export const iperf3: Omit<Tool, 'client'> = { program, server, figures };

function server(address: string, port: number): string[] {
  return [program, '--server', '--one-off', '--bind', address, '--port', String(port)];
}

/** TCP. */
export function streamsClient(streams: number): Client {
  return client(['--parallel', String(streams)]);
}

/** UDP: with buffers of the default size every path loses a quarter before it is sent. */
export function datagramsClient(size: number): Client {
  return client(['--udp', '--bitrate', '0', '--window', '4M', '--length', String(size)]);
}

function client(what: readonly string[]): Client {
  return (address, port, seconds) => {
    const where = ['--client', address, '--port', String(port), '--connect-timeout', '1000'];
    return [program, ...where, '--json', '--time', String(seconds), ...what];
  };
}

/** @throws HeddleError ERR_MEASURE where it did not measure */
function figures(text: string): Figures {
  const said = ended.safeParse(parsed(text));
  const {
    bits_per_second: received,
    jitter_ms: jitter,
    lost_percent: lost,
  } = said.data?.end.sum_received ?? {};
  if (said.data?.error !== undefined || received === undefined)
    throw new HeddleError('ERR_MEASURE', `iperf3: ${said.data?.error ?? 'what it printed has no figures'}`);
  if (jitter !== undefined && lost !== undefined)
    return { bitsPerSecond: received, lossRatio: lost / 100, jitter: jitter * 1000 };
  return { bitsPerSecond: received, retransmits: said.data?.end.sum_sent?.retransmits ?? 0 };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
