import { Distances } from '../distance/distances.ts';
import type { DistanceReport } from '../distance/row.ts';
import { viewsOf } from '../distance/views.ts';
import { granted } from '../grants/grants.ts';
import type { EdgeModel } from '../model/model.ts';
import type { Message, Snapshot } from '../view/message.ts';
import type { Views } from '../view/views.ts';

/** No controller has this epoch: theirs count from 1. */
const epoch = 0;

/**
 * The view of one site, computed where it is used from a model that is at hand: a gateway without a controller. Gives a
 * snapshot first, then what changed.
 */
export class LocalViews {
  readonly site: string;
  readonly #distances = new Distances();
  readonly #views: Views;
  #version = 0;

  constructor(site: string, model: EdgeModel) {
    this.site = site;
    this.#views = viewsOf(granted(model), this.#distances, (one) => one === site);
    this.#views.changes();
  }

  snapshot(): Snapshot {
    return { kind: 'snapshot', epoch, version: this.#version, view: this.#views.siteView(this.site) };
  }

  /** What a new model changes for the site; nothing when it changes nothing. */
  update(model: EdgeModel): Message | undefined {
    const isRenamed = model.domain !== this.#views.places.domain;
    this.#views.setModel(granted(model));
    const delta = this.#changed();
    // A zone of another name is another zone.
    return delta && isRenamed ? this.snapshot() : delta;
  }

  /** What other distances change for the site. */
  measured(report: DistanceReport): Message | undefined {
    this.#views.measure(this.#distances.update(this.site, report));
    return this.#changed();
  }

  #changed(): Message | undefined {
    const change = this.#views.changes().get(this.site);
    if (!change) return undefined;
    this.#version++;
    return { kind: 'delta', epoch, version: this.#version, site: this.site, ...change };
  }
}
