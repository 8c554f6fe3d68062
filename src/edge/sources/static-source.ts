import { isDeepStrictEqual } from 'node:util';
import type { EdgeNode, EdgeService } from '../model/model.ts';
import type { EdgeFileChange } from './edge-file-reader.ts';
import type { Source, SourceChange, SourceObject, SourceSink } from './source.ts';
import { staticName } from './static.ts';

/** The nodes and services of an edge file, as a source. Names in the file are written out for the edge. */
export class StaticSource implements Source {
  readonly name: string;
  #nodes: Readonly<Record<string, EdgeNode>>;
  /** What is told at the start. */
  #first: SourceChange | undefined;
  #sink: SourceSink | undefined;

  /** @param first all that the file says */
  constructor(file: string, first: EdgeFileChange) {
    this.name = staticName(file);
    this.#nodes = {};
    this.#first = this.#changeOf(first);
  }

  start(sink: SourceSink): void {
    this.#sink = sink;
    sink.change(this.#first ?? new Map());
    this.#first = undefined;
  }

  /** Takes what the file says now that it did not say before. */
  update(change: EdgeFileChange): void {
    this.#sink?.change(this.#changeOf(change));
  }

  async close(): Promise<void> {
    this.#sink = undefined;
  }

  #changeOf({ head, isHeadChanged, services }: EdgeFileChange): SourceChange {
    const change = new Map<string, SourceObject | undefined>();
    if (isHeadChanged) {
      for (const name of Object.keys(this.#nodes))
        if (!Object.hasOwn(head.nodes, name)) change.set(`nodes.${name}`, undefined);
      for (const node of Object.values(head.nodes))
        if (!isDeepStrictEqual(this.#nodes[node.name], node)) change.set(`nodes.${node.name}`, { node });
      this.#nodes = head.nodes;
    }
    for (const [key, service] of services) change.set(`services.${key}`, service && objectOf(service));
    return change;
  }
}

function objectOf({ sources: _, ...service }: EdgeService): SourceObject {
  return { service: { ...service, explicit: true } };
}
