import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { deployed, hash } from '../../test/support/observed.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import { withVersions } from './versions.ts';

const spec = (image: string, order = 'start-first') =>
  specOf(`
services:
  db: { image: mariadb }
  fw: { image: "${image}", network_mode: none, scale: 2, deploy: { update_config: { order: ${order} } }, x-heddle: { function: wire } }
`);
const containersOf = (...specs: readonly DeploymentSpec[]) =>
  specs.flatMap((one) => deployed(one).containers.filter(({ name }) => name.includes('-fw-')));
const versioned = (
  one: DeploymentSpec,
  containers: readonly ObservedContainer[],
  images: Readonly<Record<string, string>> = {},
) => withVersions(one, containers, { hash, images });
const namesOf = ({ pods }: DeploymentSpec) =>
  pods.flatMap(({ name, service }) => (service === 'fw' ? name : []));

test('the first has the name that it has anyway', () => {
  expect(versioned(spec('a'), [])).toEqual(spec('a'));
});

test('what has not changed keeps its name, and what has gets another, all that is in it too', () => {
  const first = spec('a');
  expect(namesOf(versioned(first, containersOf(first)))).toEqual(['shop-fw-1', 'shop-fw-2']);
  const second = versioned(spec('b'), containersOf(first));
  expect(namesOf(second)).toEqual(['shop-fw-1.2', 'shop-fw-2.2']);
  const [pod] = second.pods.filter(({ service }) => service === 'fw');
  expect(pod?.sandbox).toMatchObject({ name: 'shop-fw-1.2.sandbox' });
  expect(pod?.containers.map(({ name }) => name)).toEqual(['shop-fw-1.2']);
  expect(namesOf(versioned(spec('b'), containersOf(first, second)))).toEqual(namesOf(second));
});

test('who goes back takes what is there still, and a third takes no place of these', () => {
  const first = spec('a');
  const both = containersOf(first, versioned(spec('b'), containersOf(first)));
  expect(namesOf(versioned(first, both))).toEqual(['shop-fw-1', 'shop-fw-2']);
  expect(namesOf(versioned(spec('c'), both))).toEqual(['shop-fw-1.3', 'shop-fw-2.3']);
});

test('one that is alone has the first name that is free', () => {
  const first = spec('a');
  const second = versioned(spec('b'), containersOf(first));
  expect(namesOf(versioned(spec('c'), containersOf(second)))).toEqual(['shop-fw-1', 'shop-fw-2']);
});

test('an image of the same name that was built anew is another version', () => {
  const first = spec('a');
  const running = containersOf(first);
  expect(namesOf(versioned(first, running, { a: running[1]!.imageId }))).toEqual(['shop-fw-1', 'shop-fw-2']);
  expect(namesOf(versioned(first, running, { a: 'another' }))).toEqual(['shop-fw-1.2', 'shop-fw-2.2']);
});

test('what is to be left as it is keeps its name, and so does what is not chosen', () => {
  const first = spec('a');
  const [running, next] = [containersOf(first), spec('b')];
  expect(namesOf(withVersions(next, running, { hash, images: {}, keep: true }))).toEqual(namesOf(first));
  expect(namesOf(withVersions(next, running, { hash, images: {} }, () => false))).toEqual(namesOf(first));
});

test('nobody else has versions', () => {
  expect(namesOf(versioned(spec('b', 'stop-first'), containersOf(spec('a', 'stop-first'))))).toEqual([
    'shop-fw-1',
    'shop-fw-2',
  ]);
});
