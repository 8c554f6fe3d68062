import { type AddressedLink, inNamespace, ipJson } from '../ip.ts';
import { host } from '../linux/links.ts';
import { type Family, familyOf } from './addresses.ts';
import type { UplinkSettings } from './settings.ts';
import { type Route, type Rule, ruleChanges, surplusRoutes } from './underlay-changes.ts';
import {
  linksProtocol,
  ownTables,
  type UnderlayWish,
  type Uplink,
  type UsedPath,
  underlayLines,
  usedRoute,
} from './underlay-routes.ts';

const families = ['inet', 'inet6'] as const;

/** The tables and rules by which packets of links leave this host. */
export class Underlay {
  /** The routes that were brought about last, by family. */
  readonly #last = new Map<Family, string>();

  /** Brings it about. What was so already is said again, since the kernel forgets routes of an interface that goes down. */
  async apply(wish: UnderlayWish): Promise<void> {
    const done = families.map((family) => this.#apply(wish, family));
    await Promise.allSettled(done);
    await Promise.all(done);
  }

  async #apply(wish: UnderlayWish, family: Family): Promise<void> {
    const { rules, routes } = underlayLines(wish, family);
    const all = [...routes].flatMap(([table, lines]) =>
      lines.map((line) => `route replace ${line} proto ${linksProtocol} table ${table}`),
    );
    const routed = this.#batch(family, all);
    await Promise.allSettled([routed]);
    // Others may take them away.
    await this.#batch(family, ruleChanges(await rulesNow(family), rules));
    await routed;
    const text = all.join('\n');
    if (this.#last.get(family) === text) return;
    await this.#batch(family, surplusRoutes(await routesNow(family), routes));
    this.#last.set(family, text);
  }

  /** Leads the packets of some links by their paths, at once. */
  async lead(paths: readonly UsedPath[], uplinks: readonly Uplink[]): Promise<void> {
    for (const family of families) {
      const own = paths.filter(({ remote }) => familyOf(remote) === family);
      await this.#batch(
        family,
        own.flatMap((path) => usedRoute(path, uplinks) ?? []).map((line) => `route replace ${line}`),
      );
    }
  }

  async remove(): Promise<void> {
    this.#last.clear();
    for (const family of families) {
      await this.#batch(family, ruleChanges(await rulesNow(family), []));
      await this.#batch(family, surplusRoutes(await routesNow(family), new Map()));
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

async function rulesNow(family: Family): Promise<Rule[]> {
  const text = await inNamespace(host, ['ip', '-j', flagOf(family), 'rule', 'show']);
  return JSON.parse(text || '[]') as Rule[];
}

/** Those of links, by table. */
async function routesNow(family: Family): Promise<ReadonlyMap<number, Route[]>> {
  const args = ['route', 'show', 'proto', String(linksProtocol), 'table'];
  const found = await Promise.all(
    ownTables.map(
      async (table) => [table, await routesIn([flagOf(family), ...args, String(table)])] as const,
    ),
  );
  return new Map(found);
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
