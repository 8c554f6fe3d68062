import type { Distribution } from '../../lib/histogram.ts';
import { type Family, single } from '../../lib/metrics/family.ts';
import type { Stamp } from '../view/message.ts';
import type { ServiceFigures } from './service-figures.ts';

/** What a gateway knows of its view. */
export interface ViewFigures {
  /** Nothing while there is none. */
  readonly at: Stamp | undefined;
  /** When it became what it is, in this run; seconds since 1970. */
  readonly changedAt: number | undefined;
  /** Nothing without a controller: then there is nothing to be cut off from. */
  readonly cutOff: boolean | undefined;
  /** Seconds since it was known to be up to date, or was published if this run never knew; nothing when that is not known. */
  readonly age: number | undefined;
  /** Seconds from publishing to answering; nothing without a controller. */
  readonly convergence: Distribution | undefined;
  /** Changes that were answered before they were published, by the clocks of the two. */
  readonly early: number;
}

interface Figures {
  readonly view: ViewFigures;
  readonly services: readonly ServiceFigures[];
}

/** Of a gateway, and of the proxy of a node. */
export const cutOffFamily: Family<{ readonly view: Pick<ViewFigures, 'cutOff'> }> = single(
  'heddle_edge_cut_off',
  'gauge',
  '1 while no controller is heard of, or changes are missing: what is answered may be out of date.',
  ({ view }) => view.cutOff,
);

export const viewFamilies: readonly Family<Figures>[] = [
  single(
    'heddle_edge_view_epoch',
    'gauge',
    'The epoch of the view; 0: of the edge file.',
    ({ view }) => view.at?.epoch,
  ),
  single(
    'heddle_edge_view_version',
    'gauge',
    'The version of the view in its epoch.',
    ({ view }) => view.at?.version,
  ),
  single(
    'heddle_edge_view_changed_timestamp_seconds',
    'gauge',
    'When the view became what it is.',
    ({ view }) => view.changedAt,
  ),
  cutOffFamily,
  single(
    'heddle_edge_view_age_seconds',
    'gauge',
    'Time since the view was known to be up to date; 0 while it is.',
    ({ view }) => view.age,
  ),
  {
    name: 'heddle_edge_convergence_seconds',
    type: 'histogram',
    help: 'Time from the publishing of a change to answering from it, by the clocks of controller and gateway.',
    distribution: ({ view }) => view.convergence,
  },
  single(
    'heddle_edge_convergence_clock_errors_total',
    'counter',
    'Changes that were answered before they were published: the clocks of controller and gateway differ. Counted as 0 s.',
    ({ view }) => view.convergence && view.early,
  ),
  single('heddle_edge_services', 'gauge', 'Services in the view.', ({ services }) => services.length),
  {
    name: 'heddle_edge_service_copies',
    type: 'gauge',
    help: 'Copies that clients could be led to, as the checks of the gateway or of its proxy see them; unknown: not checked, or never answered.',
    values: function* ({ services }) {
      for (const { service, copies } of services)
        for (const [state, value] of Object.entries(copies)) yield { labels: { service, state }, value };
    },
  },
  {
    name: 'heddle_edge_service_led_copies',
    type: 'gauge',
    help: 'Copies that clients of this site are led to, by the site they are at.',
    values: function* ({ services }) {
      for (const { service, led } of services)
        for (const [to, value] of led) yield { labels: { service, to }, value };
    },
  },
];
