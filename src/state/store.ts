/** Desired and observed state of the node, by key: `applications/shop`. Values are JSON. */
export interface Store {
  get<T>(key: string): T | undefined;
  put(key: string, value: unknown): void;
  delete(key: string): void;
  /** Keys and values under a prefix, sorted by key. */
  list<T>(prefix: string): { readonly key: string; readonly value: T }[];
  close(): void;
}
