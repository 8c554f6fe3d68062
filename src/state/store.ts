/** State of the node, by key: `applications/shop`. Values are JSON, and unchecked: `Records` knows what they are. */
export interface Store {
  get(key: string): unknown;
  put(key: string, value: unknown): void;
  delete(key: string): void;
  /** Keys and values under a prefix, sorted by key. */
  list(prefix: string): { readonly key: string; readonly value: unknown }[];
  close(): void;
}
