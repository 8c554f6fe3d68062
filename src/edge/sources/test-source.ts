import type { Source, SourceObject, SourceSink } from './source.ts';

/** For tests: a source that says what a test wants it to. */
export class TestSource implements Source {
  readonly name = 'said';
  sink: SourceSink | undefined;
  start(sink: SourceSink): void {
    this.sink = sink;
  }
  async close(): Promise<void> {
    this.sink = undefined;
  }
  say(objects: Readonly<Record<string, SourceObject | undefined>>): void {
    this.sink?.change(new Map(Object.entries(objects)));
  }
}
