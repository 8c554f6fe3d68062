import { ipJson } from '../ip.ts';
import { host } from '../linux/links.ts';

interface Route {
  readonly dst: string;
  readonly dev?: string;
  readonly nexthops?: readonly { readonly dev?: string }[];
}

/** Interfaces that routes lead through, but for those that the kernel makes at each for the link alone. */
export async function routedInterfaces(): Promise<ReadonlySet<string>> {
  const lists = await Promise.all(
    ['-4', '-6'].map((family) => ipJson<Route>(host, [family, 'route', 'show', 'table', 'main'])),
  );
  const routes = lists.flat().filter(({ dst }) => !/^(fe80::|ff00::|multicast)/.test(dst));
  return new Set(
    routes.flatMap(({ dev, nexthops = [] }) =>
      [dev, ...nexthops.map((hop) => hop.dev)].flatMap((one) => one ?? []),
    ),
  );
}
