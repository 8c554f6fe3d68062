import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { keyedHash } from '../lib/hash.ts';
import type { NetworkSpec } from '../selector/spec.ts';
import { isMadeFrom, networkDefinitionOf, networkHash } from './definition.ts';

const here = (value: unknown) => keyedHash('one', value);
const there = (value: unknown) => keyedHash('two', value);
const networkOf = (said: string) =>
  specOf(`services: { web: { image: nginx, networks: [lab] } }\nnetworks: { lab: ${said} }`)
    .networks[0] as NetworkSpec;

test('nodes with keys of their own know a network that one of them has made', () => {
  const network = networkOf('{ x-heddle: { archetype: ip, vlan: 7 } }');
  const made = networkHash(network, here);
  expect(isMadeFrom(made, network, there)).toBe(true);
  expect(isMadeFrom(made, networkOf('{ x-heddle: { archetype: ip, vlan: 8 } }'), there)).toBe(false);
  // As all were before.
  expect(isMadeFrom(here(networkDefinitionOf(network)), network, here)).toBe(true);
});

test('what is said of an engine’s network is nobody’s to guess', () => {
  const network = networkOf('{ driver_opts: { secret: a } }');
  expect(networkHash(network, here)).not.toBe(networkHash(network, there));
});
