import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { EdgeModel } from '../model/model.ts';
import { EdgeFileReader } from '../sources/edge-file-reader.ts';
import { watchText } from '../sources/watch.ts';
import type { Follower } from '../view/follower.ts';
import type { SiteView } from '../view/view.ts';
import { LocalViews } from './local-views.ts';
import type { Following } from './node-view.ts';

/**
 * Gives the proxy of a node what an edge file says, now and when it changes.
 * @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_EDGE_FILE
 */
export function followFile(file: string, node: string, proxy: Pick<Follower, 'take'>, log: Log): Following {
  const reader = new EdgeFileReader(file);
  const read = () => {
    const view = viewAt(reader.read(), node, file);
    proxy.take(() => view);
  };
  read();
  const end = watchText(file, read, (error) =>
    log.error({ error: error.message }, 'the file is not taken; what was good stays'),
  );
  return { isCutOff: () => undefined, certificate: () => undefined, end };
}

function viewAt(model: EdgeModel, node: string, file: string): SiteView {
  const site = model.nodes[node]?.site;
  if (site === undefined) {
    const hint = didYouMean(node, Object.keys(model.nodes));
    throw new HeddleError('ERR_EDGE_FILE', `${file} has no node "${node}"`, { hint });
  }
  return new LocalViews(site, model).snapshot().view;
}
