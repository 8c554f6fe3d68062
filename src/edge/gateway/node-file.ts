import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { EdgeModel } from '../model/model.ts';
import { EdgeFileReader } from '../sources/edge-file-reader.ts';
import { fileState, watchText } from '../sources/watch.ts';
import type { ViewSubscriber } from '../view/subscriber.ts';
import { ViewStore } from '../view/view-store.ts';
import { LocalViews } from './local-views.ts';
import type { Following } from './node-view.ts';

/**
 * Has the proxy of a node do as an edge file says, now and when it changes.
 * @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_EDGE_FILE
 */
export function followFile(
  file: string,
  node: string,
  proxy: Pick<ViewSubscriber, 'changed'>,
  log: Log,
): Following {
  const reader = new EdgeFileReader(file);
  const store = new ViewStore();
  store.subscribe(proxy);
  let views: LocalViews | undefined;
  const read = () => {
    const model = reader.read();
    const site = siteOf(model, node, file);
    const change = views?.site === site ? views.update(model) : undefined;
    if (views?.site !== site) {
      views = new LocalViews(site, model);
      store.receive(views.snapshot());
    } else if (change) store.receive(change);
  };
  const since = fileState(file);
  read();
  const problem = (error: Error) =>
    log.error({ error: error.message }, 'edge file is invalid; the last valid one stays in use');
  const end = watchText(file, read, problem, since);
  return { isCutOff: () => undefined, certificate: () => undefined, end };
}

function siteOf(model: EdgeModel, node: string, file: string): string {
  const site = model.nodes[node]?.site;
  if (site !== undefined) return site;
  const hint = didYouMean(node, Object.keys(model.nodes));
  throw new HeddleError('ERR_EDGE_FILE', `${file} has no node "${node}"`, { hint });
}
