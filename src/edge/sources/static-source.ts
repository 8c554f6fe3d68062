import { isDeepStrictEqual } from 'node:util';
import type { EdgeModel, EdgeNode, EdgeService } from '../model/model.ts';
import type { Source, SourceChange, SourceSink, Told } from './source.ts';
import { staticName } from './static.ts';

/** The nodes and services of an edge file, as a source. Names in the file are written out for the edge. */
export class StaticSource implements Source {
  readonly name: string;
  #objects: ReadonlyMap<string, EdgeNode | EdgeService>;
  #sink: SourceSink | undefined;

  constructor(file: string, model: EdgeModel) {
    this.name = staticName(file);
    this.#objects = objectsOf(model);
  }

  start(sink: SourceSink): void {
    this.#sink = sink;
    sink.change(new Map([...this.#objects].map(([origin, object]) => [origin, toldOf(object)])));
  }

  /** Takes what the file says now. What is the same object as before is not looked into. */
  update(model: EdgeModel): void {
    const before = this.#objects;
    const now = objectsOf(model);
    this.#objects = now;
    const change = new Map<string, Told | undefined>();
    for (const origin of before.keys()) if (!now.has(origin)) change.set(origin, undefined);
    for (const [origin, object] of now) {
      const known = before.get(origin);
      if (known !== object && !isDeepStrictEqual(known, object)) change.set(origin, toldOf(object));
    }
    this.#sink?.change(change satisfies SourceChange);
  }

  async close(): Promise<void> {
    this.#sink = undefined;
  }
}

function objectsOf({ nodes, services }: EdgeModel): Map<string, EdgeNode | EdgeService> {
  return new Map<string, EdgeNode | EdgeService>([
    ...Object.values(nodes).map((node): [string, EdgeNode] => [`nodes.${node.name}`, node]),
    ...Object.entries(services).map(([key, service]): [string, EdgeService] => [`services.${key}`, service]),
  ]);
}

function toldOf(object: EdgeNode | EdgeService): Told {
  if (!('copies' in object)) return { node: object };
  const { sources: _, ...service } = object;
  return { service: { ...service, explicit: true } };
}
