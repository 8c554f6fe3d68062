/** What a proxy program tells when it is asked. */
export interface ProxyFigures {
  /** Whether it answered. */
  readonly isUp: boolean;
  readonly backends: readonly BackendFigures[];
}

/** What a proxy program tells of one backend, counted since it was started or its configuration changed. */
export interface BackendFigures {
  /** As in `Backend`. */
  readonly name: string;
  /** Open now. */
  readonly connections: number;
  /** Of streams: each connection; over HTTP: each request. */
  readonly sessions: number;
  /** Over HTTP. */
  readonly requests: number;
  /** Bytes from clients, and to them. */
  readonly received: number;
  readonly sent: number;
  readonly errors: {
    /** Copies that could not be connected to. */
    readonly connect: number;
    /** Copies whose answers broke off, or were none. */
    readonly response: number;
    /** Answers with 500 and more, be they a copy's or the proxy's own. */
    readonly status: number;
  };
  /** By address and port, `10.0.0.1 8080`: whether it answers checks; those that are not checked are left out. */
  readonly servers: ReadonlyMap<string, boolean>;
}
