import { HeddleError } from '../../../lib/errors.ts';
import * as z from '../../../lib/zod.ts';
import type { Figures } from '../measurement.ts';

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

export function serverCommand(address: string, port: number): string[] {
  return ['iperf3', '--server', '--one-off', '--bind', address, '--port', String(port)];
}

export function clientCommand(address: string, port: number, streams: number, seconds: number): string[] {
  const where = ['--client', address, '--port', String(port), '--connect-timeout', '1000'];
  return ['iperf3', ...where, '--json', '--time', String(seconds), '--parallel', String(streams)];
}

/** UDP: with buffers of the default size every path loses a quarter before it is sent. */
export function datagramsCommand(address: string, port: number, size: number, seconds: number): string[] {
  const udp = ['--udp', '--bitrate', '0', '--window', '4M', '--length', String(size)];
  return [...clientCommand(address, port, 1, seconds), ...udp];
}

/** @throws HeddleError ERR_MEASURE where it did not measure */
export function figuresOf(text: string): Figures {
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
