import fc from 'fast-check';
import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed } from '../../../test/support/observed.ts';
import { stepsOf } from '../../../test/support/planned.ts';
import { functionsOf } from '../../selector/led.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { allPassed } from '../observed.ts';

const functions = ['fw', 'nat', 'ids', '{ firewall: { ingress: allow } }'];
const through = fc.shuffledSubarray(functions, { minLength: 1 });
const open = fc.constantFrom('open', 'closed');
/** Chains from web to db, and from outside to web; each there or not. */
const chains = fc.record({ db: fc.option(through), web: fc.option(through), onFailure: open });
type Chains = typeof chains extends fc.Arbitrary<infer Value> ? Value : never;

const specWith = ({ db, web, onFailure }: Chains) => {
  const lead = (name: string, ends: string, all: readonly string[] | null) =>
    all ? [`{ name: ${name}, ${ends}, through: [${all.join(', ')}], onFailure: ${onFailure} }`] : [];
  const all = [...lead('a', 'from: web, to: db', db), ...lead('b', 'from: outside, to: web', web)];
  return specOf(`
services:
  web: { image: nginx, ports: ["80:80"], depends_on: [db] }
  db: { image: mariadb, x-heddle: { manage: { firewall: true } } }
  fw: { image: wall, network_mode: none, x-heddle: { function: wire } }
  nat: { image: nat, x-heddle: { function: route } }
  ids: { image: snort, network_mode: none, x-heddle: { function: { mode: wire, per: replica } } }
x-heddle: { chains: [${all.join(', ')}] }
`);
};

const cases = { numRuns: 60, seed: 11 };

test('from any chains to any others: each step comes after those that it waits for', () => {
  fc.assert(
    fc.property(chains, chains, (before, after) => {
      const seen = new Set<string>();
      for (const { id, after: waits } of planned(specWith(before), specWith(after))) {
        expect([...waits].filter((wait) => !seen.has(wait))).toEqual([]);
        seen.add(id);
      }
    }),
    cases,
  );
});

test('from any chains to any others: no function goes that traffic passes still, and none is made twice', () => {
  fc.assert(
    fc.property(chains, chains, (before, after) => {
      const [old, spec] = [specWith(before), specWith(after)];
      const steps = planned(old, spec);
      const ids = steps.map(({ id }) => id);
      for (const [pod, passed] of allPassed(deployed(old))) {
        const wanted = functionsOf(spec.pods.find(({ name }) => name === pod) ?? { path: [] });
        for (const fn of passed.filter((one) => !wanted.includes(one))) {
          const goes = steps.find(({ id }) => id === `removeContainer ${fn}.sandbox`);
          const unled = [`insertWire ${pod}`, `removeWire ${pod}`].find((id) => ids.includes(id)) ?? '';
          expect(ids).toContain(unled);
          if (goes) expect(goes.after).toContain(unled);
        }
        const kept = passed.filter((one) => wanted.includes(one));
        for (const fn of kept) expect(ids).not.toContain(`createSandbox ${fn}`);
      }
      expect(planned(spec, spec)).toEqual([]);
    }),
    cases,
  );
});

function planned(before: DeploymentSpec, after: DeploymentSpec) {
  const images = { ...deployed(before).images, ...deployed(after).images };
  return stepsOf(after, { ...deployed(before), images });
}
