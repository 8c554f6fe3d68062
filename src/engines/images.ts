import type { Readable } from 'node:stream';
import type { ImageSource } from '../selector/spec.ts';

/** The images that an engine runs containers of. */
export interface Images {
  /** An image, or nothing when it is not present. */
  find(reference: string): Promise<ObservedImage | undefined>;
  pull(reference: string, progress: Progress): Promise<void>;
  push(reference: string, progress: Progress): Promise<void>;
  build(reference: string, source: BuildSource, progress: Progress): Promise<void>;
  /** Makes a nameless image out of a tar archive of its root file system, and returns its id. */
  import(archive: Readable, progress: Progress): Promise<string>;
  tag(existing: string, reference: string): Promise<void>;
  /** Takes a name from an image, and removes it when that was its last. Returns why it stays, in words, if it does. */
  remove(reference: string): Promise<string | undefined>;
}

export type BuildSource = Extract<ImageSource, { kind: 'build' }>;

/** Called with a line of progress for people. */
export type Progress = (line: string) => void;

export interface ObservedImage {
  readonly id: string;
  /** Names with tags that it has. */
  readonly names: readonly string[];
  /** Bytes. */
  readonly size: number;
  /** The folders that each of its containers has a volume for. */
  readonly volumes?: readonly string[];
}
