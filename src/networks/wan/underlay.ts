import { type AddressedLink, inNamespace, ipJson } from '../ip.ts';
import { host } from '../linux/links.ts';
import { type Family, familyOf } from './addresses.ts';
import type { UplinkSettings } from './settings.ts';
import {
  ownPriorities,
  ownTables,
  type UnderlayWish,
  type Uplink,
  type UsedPath,
  underlayLines,
  usedRoute,
} from './underlay-routes.ts';

const families = ['inet', 'inet6'] as const;

interface Rule {
  readonly priority: number;
  readonly src?: string;
  readonly fwmark?: string;
  readonly ipproto?: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly table: string;
}

interface Route {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly type?: string;
}

/** The tables and rules by which packets of links leave this host. */
export class Underlay {
  /** What was brought about last, by family. */
  readonly #last = new Map<Family, string>();

  /** Brings it about. What was so already is said again, since the kernel forgets routes of an interface that goes down. */
  async apply(wish: UnderlayWish): Promise<void> {
    for (const family of families) {
      const { rules, routes } = underlayLines(wish, family);
      const all = [...routes].flatMap(([table, lines]) =>
        lines.map((line) => `route replace ${line} table ${table}`),
      );
      const text = JSON.stringify([rules, all]);
      const isSame = this.#last.get(family) === text;
      await this.#batch(family, all);
      if (isSame) continue;
      await this.#batch(family, await ruleChanges(family, rules));
      await this.#batch(family, await surplusRoutes(family, routes));
      this.#last.set(family, text);
    }
  }

  /** Leads the packets of one link by a path, at once. */
  async lead(path: UsedPath, uplinks: readonly Uplink[]): Promise<void> {
    const line = usedRoute(path, uplinks);
    if (line !== undefined) await this.#batch(familyOf(path.remote), [`route replace ${line}`]);
  }

  async remove(): Promise<void> {
    this.#last.clear();
    for (const family of families) {
      await this.#batch(family, await ruleChanges(family, []));
      await this.#batch(family, await surplusRoutes(family, new Map()));
    }
  }

  async #batch(family: Family, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    // What cannot be said of one path is not lost for the others.
    await inNamespace(host, ['ip', flagOf(family), '-force', '-batch', '-'], `${lines.join('\n')}\n`);
  }
}

/** The uplinks of the settings that have an address. */
export async function uplinksNow(settings: readonly UplinkSettings[]): Promise<Uplink[]> {
  const links = await ipJson<AddressedLink>(host, ['address', 'show']);
  const found = await Promise.all(
    settings.map(async ({ interface: name, address, gateway }): Promise<Uplink[]> => {
      const link = links.find(({ ifname }) => ifname === name);
      const all = (link?.addr_info ?? []).filter(({ scope }) => scope === 'global');
      const own = [...all].sort((a, b) => a.family.localeCompare(b.family));
      // Behind a translator of addresses others find it elsewhere than where it is.
      const one = own.find(({ local }) => local === address) ?? own[0];
      if (!link || !one) return [];
      const isUp = link.flags.includes('UP');
      return [
        {
          name,
          address: one.local,
          prefixLength: one.prefixlen,
          gateway: gateway ?? (isUp ? await gatewayOf(name, one.family) : undefined),
          isUp,
          mtu: link.mtu,
        },
      ];
    }),
  );
  return found.flat();
}

async function gatewayOf(name: string, family: Family): Promise<string | undefined> {
  const routes = await routesIn([flagOf(family), 'route', 'show', 'default', 'dev', name]);
  return routes.find(({ gateway }) => gateway !== undefined)?.gateway;
}

async function ruleChanges(family: Family, wanted: readonly string[]): Promise<string[]> {
  const text = await inNamespace(host, ['ip', '-j', flagOf(family), 'rule', 'show']);
  const found = (JSON.parse(text || '[]') as Rule[])
    .filter((rule) => ownPriorities.includes(rule.priority))
    .map(ruleText);
  // New ones come before others go.
  return [
    ...wanted.filter((rule) => !found.includes(rule)).map((rule) => `rule add ${rule}`),
    ...found.filter((rule) => !wanted.includes(rule)).map((rule) => `rule del ${rule}`),
  ];
}

function ruleText({ priority, src, fwmark, ipproto, sport, dport, table }: Rule): string {
  return [
    `priority ${priority}`,
    ...(src === undefined || src === 'all' ? [] : [`from ${src}`]),
    ...(fwmark === undefined ? [] : [`fwmark ${fwmark}`]),
    ...(ipproto === undefined ? [] : [`ipproto ${ipproto}`]),
    ...(sport === undefined ? [] : [`sport ${sport}`]),
    ...(dport === undefined ? [] : [`dport ${dport}`]),
    `lookup ${table}`,
  ].join(' ');
}

async function surplusRoutes(
  family: Family,
  wanted: ReadonlyMap<number, readonly string[]>,
): Promise<string[]> {
  const found = await Promise.all(
    ownTables.map(async (table) => {
      const lines = wanted.get(table) ?? [];
      const routes = await routesIn([flagOf(family), 'route', 'show', 'table', String(table)]);
      return routes
        .filter(
          ({ dst, type }) =>
            !lines.some((line) => line.startsWith(type === 'unreachable' ? 'unreachable' : `${dst} `)),
        )
        .map(
          ({ dst, type }) => `route del ${type === 'unreachable' ? 'unreachable ' : ''}${dst} table ${table}`,
        );
    }),
  );
  return found.flat();
}

/** None where there is no such table. */
async function routesIn([flag, ...args]: [string, ...string[]]): Promise<Route[]> {
  const text = await inNamespace(host, ['ip', '-j', flag, ...args]).catch((error) => {
    if (/FIB table does not exist|Cannot find device/.test(String(error))) return '';
    throw error;
  });
  return JSON.parse(text.trim() || '[]') as Route[];
}

function flagOf(family: Family): string {
  return family === 'inet' ? '-4' : '-6';
}
