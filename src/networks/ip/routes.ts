import { ipJson, type Namespace } from '../ip.ts';
import type { Taken } from '../standard/archetype.ts';

interface Route {
  readonly dst: string;
  readonly dev?: string;
}

/**
 * Prefixes that lead somewhere from this host, on links or by routers, with the interfaces.
 * @throws HeddleError ERR_NETWORK
 */
export async function routesOf(
  namespace: Namespace,
): Promise<readonly (Taken & { readonly dev?: string })[]> {
  const routes = await Promise.all([
    ipJson<Route>(namespace, ['-4', 'route', 'show', 'table', 'all', 'type', 'unicast']),
    ipJson<Route>(namespace, ['-6', 'route', 'show', 'table', 'all', 'type', 'unicast']),
  ]);
  return routes
    .flat()
    .filter(({ dst }) => dst.includes('/') && !dst.startsWith('fe80:'))
    .map(({ dst, dev }) => ({
      prefix: dst,
      by: `a route${dev === undefined ? '' : ` through ${dev}`}`,
      ...(dev !== undefined && { dev }),
    }));
}
