/** What a client says in a request, whatever its contract. */
export interface Values {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A path as fastify writes it (`/v1/applications/:project`) with its parameters, and the query behind it. */
export function targetOf(path: string, { params = {}, query = {} }: Values): string {
  const filled = path.replace(/:([A-Za-z]+)/g, (_whole, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query as Record<string, unknown>)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) parameters.append(key, String(item));
  }
  return parameters.size === 0 ? filled : `${filled}?${parameters}`;
}
