import type { Family } from '../../lib/metrics/family.ts';
import type { LinkStatus, PathStatus } from '../../networks/wan/status.ts';

type LinkFamily = Family<readonly LinkStatus[]>;

/** Links to other nodes, and the paths of each. */
export const linkFamilies: readonly LinkFamily[] = [
  ofLinks('heddle_link_up', 'gauge', 'Whether the other node is reached.', ({ state }) =>
    state === 'up' ? 1 : 0,
  ),
  ofLinks(
    'heddle_link_delay_seconds',
    'gauge',
    'Time there and back, on the path that is used.',
    ({ delay }) => (delay === null ? undefined : delay / 1000),
  ),
  ofLinks(
    'heddle_link_loss_ratio',
    'gauge',
    'Of packets on the path that is used, in the direction that loses more: 0 to 1.',
    ({ loss }) => loss ?? undefined,
  ),
  ofLinks(
    'heddle_link_mtu_bytes',
    'gauge',
    'The largest packet of IP on the link.',
    ({ mtu }) => mtu ?? undefined,
  ),
  ofLinks(
    'heddle_link_path_moves_total',
    'counter',
    'How often another path was taken.',
    ({ moves }) => moves,
  ),
  ofPaths('heddle_link_path_up', 'Whether a path answers.', ({ up }) => (up ? 1 : 0)),
  ofPaths('heddle_link_path_used', 'Whether a path is the one that is used.', ({ used }) => (used ? 1 : 0)),
  ofPaths('heddle_link_path_delay_seconds', 'Time there and back on a path.', ({ delay }) =>
    delay === null ? undefined : delay / 1000,
  ),
  ofPaths(
    'heddle_link_path_loss_ratio',
    'The same as heddle_link_loss_ratio, of a path.',
    ({ loss }) => loss ?? undefined,
  ),
];

function ofLinks(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  figureOf: (link: LinkStatus) => number | undefined,
): LinkFamily {
  return {
    name,
    type,
    help,
    values: (links) =>
      links.flatMap((link) => {
        const value = figureOf(link);
        return value === undefined
          ? []
          : [{ labels: { node: link.node, site: link.site, kind: link.kind }, value }];
      }),
  };
}

function ofPaths(name: string, help: string, figureOf: (path: PathStatus) => number | undefined): LinkFamily {
  return {
    name,
    type: 'gauge',
    help,
    values: (links) =>
      links.flatMap(({ node, site, paths }) =>
        paths.flatMap((path) => {
          const value = figureOf(path);
          return value === undefined ? [] : [{ labels: { node, site, path: path.name }, value }];
        }),
      ),
  };
}
