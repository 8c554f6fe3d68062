import type { Application } from '../../descriptor/application.ts';
import type { AddDiagnostic } from '../feature-places.ts';
import { reachable, waitsOf } from '../waits-for.ts';
import type { Claim } from './claims.ts';

/**
 * Reports functions that wait for a service which waits for them: a function is not started before what it depends on, and no
 * end of a chain before the host's rules stand, which are made when the functions of all chains are in their places.
 */
export function checkWaits(application: Application, claims: readonly Claim[], report: AddDiagnostic): void {
  const { services } = application;
  const needs = waitsOf(services);
  const isFunction = (entry: unknown): entry is string =>
    typeof entry === 'string' && Object.hasOwn(services, entry) && services[entry]?.function !== undefined;
  for (const { chain, ends } of claims)
    for (const fn of chain.through) if (isFunction(fn)) needs.get(ends.service.name)?.add(fn);
  const peers = new Set(
    claims.flatMap(({ ends: { peer } }) => (peer.kind === 'service' ? peer.service.name : [])),
  );
  const led = new Set(claims.map(({ ends }) => ends.service.name));
  const reached = new Map<string, ReadonlySet<string>>();
  for (const { chain, ends, path } of claims) {
    chain.through.forEach((fn, index) => {
      if (!isFunction(fn)) return;
      const all = reached.get(fn) ?? reachable(fn, needs);
      reached.set(fn, all);
      const own = all.has(ends.service.name);
      const awaited = own ? ends.service.name : [...all].find((name) => peers.has(name) || led.has(name));
      if (awaited === undefined) return;
      const where = [...path, 'through', index];
      const why = own ? 'whose traffic has to pass it' : 'which a chain is with';
      report(where, {
        code: 'ERR_DEPENDENCY_CYCLE',
        message: `${where.join('.')}: ${fn} waits for ${awaited} (depends_on), ${why}: neither would start`,
        hint: `let ${fn} depend on no end of a chain`,
      });
    });
  }
}
