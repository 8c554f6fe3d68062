import { HeddleError } from '../../../lib/errors.ts';
import * as z from '../../../lib/zod.ts';
import { jsonIn } from '../json.ts';
import type { Figures } from '../measurement.ts';
import type { Tool } from './tool.ts';

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

/** TCP. `size`: of what is written at a time. */
export function throughput({
  streams,
  size,
}: {
  readonly streams: number;
  readonly size?: number | undefined;
}): Tool {
  return tool(['--parallel', String(streams), ...(size === undefined ? [] : ['--length', String(size)])]);
}

/** UDP: with buffers of the default size every path loses a quarter before it is sent. */
export function datagrams({ size }: { readonly size: number }): Tool {
  return tool(['--udp', '--bitrate', '0', '--window', '4M', '--length', String(size)]);
}

function tool(what: readonly string[]): Tool {
  return {
    needs: [{ program, package: 'iperf3' }],
    server: ({ address, port }) => [
      program,
      '--server',
      '--one-off',
      '--bind',
      address,
      '--port',
      String(port),
    ],
    client: ({ address, port }, seconds) => {
      const where = ['--client', address, '--port', String(port), '--connect-timeout', '1000'];
      return [program, ...where, '--json', '--time', String(seconds), ...what];
    },
    figures,
  };
}

/** @throws HeddleError ERR_MEASURE where it did not measure */
function figures(text: string): Figures {
  const said = ended.safeParse(jsonIn(text));
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
