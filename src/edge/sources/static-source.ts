import type { EdgeModel } from '../model.ts';
import type { Source, SourceChange, SourceSink, Told } from './source.ts';
import { staticName } from './static.ts';

/** The nodes and services of an edge file, as a source. Names in the file are written out for the edge. */
export class StaticSource implements Source {
  readonly name: string;
  #told: ReadonlyMap<string, Told>;
  #sink: SourceSink | undefined;

  constructor(file: string, model: EdgeModel) {
    this.name = staticName(file);
    this.#told = toldOf(model);
  }

  start(sink: SourceSink): void {
    this.#sink = sink;
    sink.change(this.#told);
  }

  /** Takes what the file says now. */
  update(model: EdgeModel): void {
    const before = this.#told;
    const now = toldOf(model);
    this.#told = now;
    const change = new Map<string, Told | undefined>();
    for (const origin of before.keys()) if (!now.has(origin)) change.set(origin, undefined);
    for (const [origin, told] of now) {
      if (JSON.stringify(before.get(origin)) !== JSON.stringify(told)) change.set(origin, told);
    }
    this.#sink?.change(change satisfies SourceChange);
  }

  async close(): Promise<void> {
    this.#sink = undefined;
  }
}

function toldOf({ nodes, services }: EdgeModel): Map<string, Told> {
  return new Map<string, Told>([
    ...Object.values(nodes).map((node): [string, Told] => [`nodes.${node.name}`, { node }]),
    ...Object.entries(services).map(([key, { sources: _, ...service }]): [string, Told] => [
      `services.${key}`,
      { service: { ...service, explicit: true } },
    ]),
  ]);
}
