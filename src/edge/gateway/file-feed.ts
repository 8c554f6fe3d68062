import type { Log } from '../../lib/log.ts';
import { echoPeers, gatewaysOf } from '../distance/echo/keys.ts';
import type { DistanceReport } from '../distance/row.ts';
import type { EdgeModel } from '../model/model.ts';
import { EdgeFileReader } from '../sources/edge-file-reader.ts';
import { fileState, watchText } from '../sources/watch.ts';
import type { Feed, Sink } from './feed.ts';
import { LocalViews } from './local-views.ts';

/**
 * The view of a site from an edge file that the gateway reads itself, now and when it changes. One that is wrong later is
 * reported, and what was good stays.
 * @param secret that all gateways share; without it no distances are measured
 * @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_EDGE_FILE
 */
export function fileFeed(file: string, site: string, secret: Buffer | undefined, log: Log): Feed {
  const since = fileState(file);
  const reader = new EdgeFileReader(file, site);
  const model = reader.read();
  const views = new LocalViews(site, model);
  let end = (): void => {};
  let measured = (_: DistanceReport): void => {};
  return {
    addresses: model.sites[site]?.gateway ?? [],
    start({ receive, peers }: Sink) {
      const tellPeers = ({ sites }: EdgeModel) => {
        if (secret) peers(echoPeers(secret, site, gatewaysOf(sites)));
      };
      receive(views.snapshot());
      tellPeers(model);
      measured = (report) => {
        const change = views.measured(report);
        if (change) receive(change);
      };
      const read = () => {
        const now = reader.read();
        const change = views.update(now);
        if (change) receive(change);
        tellPeers(now);
      };
      const problem = (error: Error) =>
        log.error({ error: error.message }, 'edge file is invalid; the last valid one stays in use');
      end = watchText(file, read, problem, since);
    },
    measured: (report) => measured(report),
    close: async () => end(),
  };
}
