import type { EdgeModel } from '../model.ts';
import { Views } from '../view/views.ts';
import { Distances } from './distances.ts';

/** Views of a model by the distances that are told. */
export function viewsOf(model: EdgeModel, distances = new Distances()): Views {
  const views: Views = new Views(model, {
    distance: (from, to, by) => distances.between(views.places.sites, from, to, by),
  });
  views.setModel(model);
  return views;
}
