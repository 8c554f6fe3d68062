import type { Message } from '../delivery/messages.ts';
import { declaredDistance } from '../distance/declared.ts';
import type { EdgeModel } from '../model.ts';
import { Views } from '../view/views.ts';

/**
 * The view of one site, computed where it is used from a model that is at hand: a gateway without a controller. Gives a
 * snapshot first, then what changed.
 */
export class LocalViews {
  readonly #site: string;
  readonly #epoch: number;
  #model: EdgeModel;
  readonly #views: Views;
  #version = 0;

  /** `epoch`: grows from start to start, so that serials of the zone never go back. */
  constructor(site: string, model: EdgeModel, epoch: number) {
    this.#site = site;
    this.#epoch = epoch;
    this.#model = model;
    this.#views = new Views(model, {
      distance: (from, to) => declaredDistance(this.#model.sites, from, to),
      health: () => () => undefined,
    });
    for (const [key, service] of Object.entries(model.services)) this.#views.setService(key, service);
    this.#views.changes();
  }

  snapshot(): Message {
    return {
      kind: 'snapshot',
      epoch: this.#epoch,
      version: this.#version,
      view: this.#views.siteView(this.#site),
    };
  }

  /** What a new model changes for the site; nothing when it changes nothing. */
  update(model: EdgeModel): Message | undefined {
    const before = this.#model;
    this.#model = model;
    if (differs(before.sites, model.sites) || differs(before.nodes, model.nodes))
      this.#views.setPlaces(model);
    for (const key of Object.keys(before.services)) {
      if (!(key in model.services)) this.#views.setService(key, undefined);
    }
    for (const [key, service] of Object.entries(model.services)) {
      if (differs(before.services[key], service)) this.#views.setService(key, service);
    }
    const change = this.#views.changes().get(this.#site);
    if (!change) return undefined;
    this.#version++;
    return { kind: 'delta', epoch: this.#epoch, version: this.#version, site: this.#site, ...change };
  }
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
