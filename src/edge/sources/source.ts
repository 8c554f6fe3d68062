import type { EdgeModel, EdgeNode, EdgeService } from '../model/model.ts';

/** What tells which services there are, and on which nodes. */
export interface Source {
  /** Names it in messages: `kubernetes berlin`. */
  readonly name: string;
  /** Takes what the edge file says, before the start and whenever that changes: for who looks its nodes up there. */
  declare?(model: Pick<EdgeModel, 'nodes'>): void;
  /** Tells all there is as soon as it knows that, then what changes, until it is closed. */
  start(sink: SourceSink): void;
  /** Takes all that is to be said to the owners of its objects now, by object: `Service shop/web`. */
  notify?(notices: ReadonlyMap<string, readonly Notice[]>): void;
  close(): Promise<void>;
}

export interface SourceSink {
  /** The first call tells all there is. */
  change(change: SourceChange): void;
  /** The source cannot be heard at the moment, and why; nothing: it can again. What it told stays. */
  trouble(problem: string | undefined): void;
  /** What an operator is to know that hinders nothing else. */
  remark?(problem: string): void;
}

/** What the owner of an object is told. */
export interface Notice {
  /** One word, as Kubernetes' events have it: `PortTaken`. */
  readonly reason: string;
  readonly isWarning: boolean;
  readonly message: string;
}

/** What an object of a source stands for now, by the object: `Service shop/web`; nothing when it went. */
export type SourceChange = ReadonlyMap<string, SourceObject | undefined>;

/** What one object of a source stands for at the edge. */
export interface SourceObject {
  readonly node?: EdgeNode;
  readonly service?: Publication;
  /** Why it stands for nothing, or for less than was meant. */
  readonly problem?: string;
}

/** A service that its owner has published. */
export interface Publication extends Omit<EdgeService, 'sources' | 'given' | 'refused'> {
  /** Whether the owner wrote out the name it is published under: only then it may be one with another of that name. */
  readonly explicit: boolean;
}
