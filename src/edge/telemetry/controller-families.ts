import { type Family, single } from '../../lib/metrics/family.ts';
import { metricsText } from '../../lib/metrics/text.ts';
import { version } from '../../lib/version.ts';
import type { Status } from '../delivery/messages.ts';
import type { Validity } from '../model/validity.ts';
import type { SourceFigures } from '../sources/reading.ts';
import type { Stamp } from '../view/message.ts';
import { buildInfo } from './build-info.ts';
import { certificateFamilies } from './certificate-families.ts';
import type { PublishCount } from './publish-counts.ts';

/** All that a controller shows of itself. */
export interface ControllerFigures {
  /** Nothing while another one acts, or nobody has said yet that it may. */
  readonly acts: { readonly epoch: number; readonly isConnected: boolean } | undefined;
  readonly sites: readonly SiteFigures[];
  readonly sent: readonly Readonly<PublishCount>[];
  readonly sources: readonly SourceFigures[];
  /** What is not published, because of a mistake or a clash. */
  readonly problems: number;
  readonly certificates: readonly Validity[];
}

/** What was published for a site, and what its gateway says. */
export interface SiteFigures {
  readonly site: string;
  /** Nothing while this controller does not act. */
  readonly published: Stamp | undefined;
  /** Nothing: it was not heard of. */
  readonly status: Status | undefined;
}

export const controllerFamilies: readonly Family<ControllerFigures>[] = [
  buildInfo(version(), 'controller'),
  single(
    'heddle_edge_controller_acting',
    'gauge',
    '1 while this controller has the right to act.',
    ({ acts }) => Boolean(acts),
  ),
  single('heddle_edge_controller_epoch', 'gauge', 'The epoch that it acts in.', ({ acts }) => acts?.epoch),
  single(
    'heddle_edge_controller_broker_connected',
    'gauge',
    '1 while there is a broker to publish to.',
    ({ acts }) => acts?.isConnected,
  ),
  single('heddle_edge_sites', 'gauge', 'Sites that views are made for.', ({ sites }) => sites.length),
  {
    name: 'heddle_edge_published_version',
    type: 'gauge',
    help: 'The version of the view that was published for a site: the changes in this epoch.',
    values: ({ sites }) =>
      sites.flatMap(({ site, published }) =>
        published ? [{ labels: { site }, value: published.version }] : [],
      ),
  },
  {
    name: 'heddle_edge_gateway_seen',
    type: 'gauge',
    help: '1 while the gateway of a site says where it stands; 0 fifteen seconds after its last word. Of a controller that acts.',
    values: ({ acts, sites }) =>
      acts
        ? sites.map(({ site, status }) => ({ labels: { site }, value: Number(status !== undefined) }))
        : [],
  },
  {
    name: 'heddle_edge_gateway_up_to_date',
    type: 'gauge',
    help: '1 when the gateway of a site, by its last word, answers from what was published last.',
    values: ({ sites }) =>
      sites.flatMap(({ site, published, status }) =>
        published ? [{ labels: { site }, value: Number(isUpToDate(published, status)) }] : [],
      ),
  },
  {
    name: 'heddle_edge_published_messages_total',
    type: 'counter',
    help: 'Messages that the broker was given: whole views (snapshot), changes (delta), whom to measure (peers), signs of life (alive), where clients are kept (choices), revocations.',
    values: ({ sent }) => sent.map(({ kind, messages }) => ({ labels: { kind }, value: messages })),
  },
  {
    name: 'heddle_edge_published_bytes_total',
    type: 'counter',
    help: 'Bytes of those.',
    values: ({ sent }) => sent.map(({ kind, bytes }) => ({ labels: { kind }, value: bytes })),
  },
  {
    name: 'heddle_edge_source_up',
    type: 'gauge',
    help: '1 while a source can be heard.',
    values: ({ sources }) =>
      sources.map(({ source, isReachable }) => ({ labels: { source }, value: Number(isReachable) })),
  },
  {
    name: 'heddle_edge_source_errors_total',
    type: 'counter',
    help: 'Times that a source could not be heard, or a file was wrong.',
    values: ({ sources }) => sources.map(({ source, errors }) => ({ labels: { source }, value: errors })),
  },
  {
    name: 'heddle_edge_source_read_timestamp_seconds',
    type: 'gauge',
    help: 'When a source told something last, or could be heard again.',
    values: ({ sources }) =>
      sources.flatMap(({ source, readAt }) =>
        readAt === undefined ? [] : [{ labels: { source }, value: readAt / 1000 }],
      ),
  },
  single(
    'heddle_edge_source_problems',
    'gauge',
    'Services, nodes or parts of them that are not published because of a mistake or a clash; the log names them.',
    ({ problems }) => problems,
  ),
  ...certificateFamilies,
];

/** In Prometheus' text format. */
export function controllerText(figures: ControllerFigures): Promise<string> {
  return metricsText(controllerFamilies, figures, {});
}

function isUpToDate(published: Stamp, status: Status | undefined): boolean {
  return (
    status !== undefined &&
    !status.stale &&
    status.epoch === published.epoch &&
    status.version >= published.version
  );
}
