import type { Source, SourceSink, Told } from './source.ts';

/** For tests: a source that says what a test wants it to. */
export class Said implements Source {
  readonly name = 'said';
  sink: SourceSink | undefined;
  start(sink: SourceSink): void {
    this.sink = sink;
  }
  async close(): Promise<void> {
    this.sink = undefined;
  }
  say(told: Readonly<Record<string, Told | undefined>>): void {
    this.sink?.change(new Map(Object.entries(told)));
  }
}
