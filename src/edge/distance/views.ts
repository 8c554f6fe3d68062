import type { EdgeModel } from '../model.ts';
import { Views } from '../view/views.ts';
import { Distances } from './distances.ts';

/** Views of a model, by the distances that are told; nothing is checked. */
export function viewsOf(model: EdgeModel, distances = new Distances()): Views {
  const views: Views = new Views(model, {
    distance: (from, to, by) => distances.between(views.places.sites, from, to, by),
    health: () => () => undefined,
  });
  views.setModel(model);
  return views;
}
