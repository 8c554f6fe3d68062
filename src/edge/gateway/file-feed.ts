import type { Log } from '../../lib/log.ts';
import { loadEdgeFile } from '../sources/load.ts';
import { watchText } from '../sources/watch.ts';
import type { Feed, Sink } from './feed.ts';
import { LocalViews } from './local-views.ts';

/**
 * The view of a site from an edge file that the gateway reads itself, now and when it changes. One that is wrong later is
 * reported, and what was good stays.
 * @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_EDGE_FILE
 */
export function fileFeed(file: string, site: string, log: Log): Feed {
  const model = loadEdgeFile(file, site);
  const views = new LocalViews(site, model);
  let end = (): void => {};
  return {
    addresses: model.sites[site]?.gateway ?? [],
    start({ take }: Sink) {
      take(views.snapshot());
      const read = () => {
        const change = views.update(loadEdgeFile(file, site));
        if (change) take(change);
      };
      end = watchText(file, read, (error) =>
        log.error({ error: error.message }, 'the file is not taken; what was good stays'),
      );
    },
    close: async () => end(),
  };
}
