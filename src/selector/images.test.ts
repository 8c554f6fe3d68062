import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { loadCatalogue } from '../catalogue/load.ts';
import { baseImage, catalogueImages } from './images.ts';

describe('the images of a deployment', () => {
  test('come from where each service says', () => {
    const { images } = specOf(`
services:
  a: { image: "a:1" }
  b: { image: "b:1", pull_policy: always }
  c: { image: "c:1", pull_policy: never }
  d: { build: { context: ., target: dev } }
`);
    expect(images['a:1']).toEqual({ kind: 'registry', policy: 'missing' });
    expect(images['b:1']).toEqual({ kind: 'registry', policy: 'always' });
    expect(images['c:1']).toEqual({ kind: 'registry', policy: 'never' });
    expect(images['localhost/shop-d']).toMatchObject({ kind: 'build', context: '/shop', target: 'dev' });
  });

  test('are of the catalogue where a service names one without what it was made from', () => {
    const spec = specOf('services: { lb: { image: localhost/heddle/balancer } }');
    const image = spec.pods[0]?.containers[0]?.image ?? '';
    expect(image).toBe(loadCatalogue().images['balancer']?.reference);
    expect(spec.images[image]).toMatchObject({ kind: 'catalogue' });
    const others = specOf(
      'services: { a: { image: "localhost/heddle/balancer:1" }, b: { image: localhost/heddle/none } }',
    );
    expect(others.images).toMatchObject({
      'localhost/heddle/balancer:1': { kind: 'registry' },
      'localhost/heddle/none': { kind: 'registry' },
    });
  });

  test('are of a feature only where it is asked for, with what they are built from', () => {
    const plain = specOf('services: { a: { image: "a:1" } }').images;
    const watched = specOf('services: { a: { image: "a:1", x-heddle: { manage: { flows: true } } } }').images;
    const own = (images: typeof plain) =>
      Object.values(images).flatMap((image) =>
        image.kind === 'catalogue' ? path.basename(image.folder) : [],
      );
    expect(own(plain)).toEqual(['holder']);
    expect(own(watched).sort()).toEqual(['flows-collector', 'flows-probe', 'holder']);
    expect(watched[baseImage]).toMatchObject({ kind: 'base' });
  });
});

describe('the images of the catalogue', () => {
  const catalogue = loadCatalogue();

  test('are all wanted where none is named, and the base with them', () => {
    const { sources, wanted } = catalogueImages(catalogue, []);
    expect([...wanted].sort()).toEqual(Object.keys(sources).sort());
    expect(wanted).toContain(baseImage);
  });

  test('are refused by a name that there is not, with the nearest', () => {
    expect(catalogueImages(catalogue, ['irtt']).wanted).toEqual([catalogue.images['irtt']?.reference]);
    expect(() => catalogueImages(catalogue, ['irrt'])).toThrow(/the catalogue has no image "irrt"/);
  });
});
