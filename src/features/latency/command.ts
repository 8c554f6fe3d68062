import type { Command } from 'commander';
import { type ListingOptions, listing, listingCommand } from '../../cli/listing.ts';
import type { DelayFigures, LatencyRecord, latencyContract, Verdict } from './contract.ts';

interface LatencyOptions extends ListingOptions {
  readonly since: string;
  readonly until?: string;
}

const notes = `
DELAY is one-way, from the one service to the other; BACK is one-way the other way. Both are measured beside the
services, on the networks they have in common: the delay of a firewall in front of a service is not in them. CLOCK is
how far a one-way delay may be off. LOSS counts the packets that nobody was there to answer.

--format json prints an array of {from, to, first, last, address, packets: {due, sent, received, lost, lostSending,
lostReturning}, loss, sendDelay, receiveDelay, roundTrip (each {min, mean, median, p90, p99, max, jitter} or null),
clockErrorBound: {milliseconds, basis, reason}, objective: [{figure, limit, observed, met}], lastFailure}. Times are
milliseconds, loss is percent; met is null where it cannot be decided.`;

export function latency(): Command {
  return listingCommand('latency', 'Show one-way delay, jitter and loss between services')
    .argument('[from]', 'only from this service')
    .argument('[to]', 'only to this service')
    .option('--since <time>', '10m, RFC 3339, or seconds since 1970', '10m')
    .option('--until <time>', 'as --since')
    .addHelpText('after', notes)
    .action(async (from: string | undefined, to: string | undefined, options: LatencyOptions) => {
      const { node, project, print, time, orNone } = await listing(options);
      const asked = node.ask<typeof latencyContract>('GET /v1/applications/:project/latency', {
        params: { project },
        query: {
          since: time(options.since),
          ...(options.until !== undefined && { until: time(options.until) }),
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
        },
      });
      print(await orNone(asked, []), {
        FROM: (row) => row.from,
        TO: (row) => row.to,
        PACKETS: (row) => row.packets.due,
        LOSS: (row) => percentText(row.loss),
        'DELAY P50': delay('sendDelay', 'median'),
        P90: delay('sendDelay', 'p90'),
        P99: delay('sendDelay', 'p99'),
        MAX: delay('sendDelay', 'max'),
        JITTER: delay('sendDelay', 'jitter'),
        'BACK P50': delay('receiveDelay', 'median'),
        'BACK P99': delay('receiveDelay', 'p99'),
        CLOCK: (row) => (row.clockErrorBound ? `±${timeText(row.clockErrorBound.milliseconds)}` : '-'),
        OBJECTIVE: (row) => row.objective.map(verdictText).join(', ') || '-',
      });
    });
}

function delay(direction: 'sendDelay' | 'receiveDelay', figure: keyof DelayFigures) {
  return (row: LatencyRecord) => timeText(row[direction]?.[figure] ?? null);
}

/** `1 ns`, `87 µs`, `1.24 ms`: the unit that leaves three digits to read. */
function timeText(milliseconds: number | null): string {
  if (milliseconds === null) return '-';
  const size = Math.abs(milliseconds);
  if (size < 0.001) return `${(milliseconds * 1e6).toFixed(0)}ns`;
  if (size < 1) return `${(milliseconds * 1000).toFixed(0)}µs`;
  return size < 1000 ? `${digits(milliseconds)}ms` : `${digits(milliseconds / 1000)}s`;
}

function percentText(percent: number | null): string {
  return percent === null ? '-' : `${digits(percent)}%`;
}

function digits(value: number): number {
  return Number(value.toPrecision(3));
}

function verdictText({ figure, limit, observed, met }: Verdict): string {
  const text = figure === 'loss' ? percentText : timeText;
  const verdict = met === null ? 'undecided' : met ? 'met' : 'missed';
  return `${figure} ${met === false ? '>' : '≤'} ${text(limit)} ${verdict}${met === false ? ` (${text(observed)})` : ''}`;
}
