import { linksProtocol, ownTables } from './underlay-routes.ts';

// What is to be changed of the rules and routes of this host: of its own, known by their protocol, and of nobody else's. Pure.

/** What `ip -j rule` says. */
export interface Rule {
  readonly priority: number;
  readonly src?: string;
  readonly iif?: string;
  readonly fwmark?: string;
  readonly ipproto?: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly table: string;
  readonly protocol?: string;
}

/** What `ip -j route` says. */
export interface Route {
  readonly dst: string;
  readonly gateway?: string;
  readonly type?: string;
  readonly metric?: number;
}

/** Lines for `ip -batch`; new ones come before others go. */
export function ruleChanges(found: readonly Rule[], wanted: readonly string[]): string[] {
  const own = found.filter(({ protocol }) => protocol === String(linksProtocol)).map(ruleText);
  // The kernel does not take one twice, whoever made it.
  const all = found.map(ruleText);
  const by = `protocol ${linksProtocol}`;
  return [
    ...wanted.filter((rule) => !all.includes(rule)).map((rule) => `rule add ${rule} ${by}`),
    ...own.filter((rule) => !wanted.includes(rule)).map((rule) => `rule del ${rule} ${by}`),
  ];
}

function ruleText({ priority, src, iif, fwmark, ipproto, sport, dport, table }: Rule): string {
  return [
    `priority ${priority}`,
    ...(src === undefined || src === 'all' ? [] : [`from ${src}`]),
    ...(iif === undefined ? [] : [`iif ${iif}`]),
    ...(fwmark === undefined ? [] : [`fwmark ${fwmark}`]),
    ...(ipproto === undefined ? [] : [`ipproto ${ipproto}`]),
    ...(sport === undefined ? [] : [`sport ${sport}`]),
    ...(dport === undefined ? [] : [`dport ${dport}`]),
    `lookup ${table}`,
  ].join(' ');
}

/** The same, for the routes of links that were found in their tables. */
export function surplusRoutes(
  found: ReadonlyMap<number, readonly Route[]>,
  wanted: ReadonlyMap<number, readonly string[]>,
): string[] {
  return ownTables.flatMap((table) => {
    const lines = wanted.get(table) ?? [];
    return (found.get(table) ?? [])
      .map(({ dst, type, metric }) =>
        type === 'unreachable' ? `unreachable ${dst} metric ${metric ?? 0}` : dst,
      )
      .filter((route) => !lines.some((line) => `${line} `.startsWith(`${route} `)))
      .map((route) => `route del ${route} proto ${linksProtocol} table ${table}`);
  });
}
