import type { EdgeModel } from '../model/model.ts';
import { type Observations, Views } from '../view/views.ts';
import { Distances } from './distances.ts';

/**
 * Views of a model by the distances that are told.
 * @param isWanted whether a site's view is; not given: those of all
 */
export function viewsOf(
  model: EdgeModel,
  distances = new Distances(),
  isWanted?: (site: string) => boolean,
): Views {
  const distance: Observations['distance'] = (from, to, by) =>
    distances.between(views.places.sites, from, to, by);
  const views: Views = new Views(model, { distance }, isWanted);
  views.setModel(model);
  return views;
}
