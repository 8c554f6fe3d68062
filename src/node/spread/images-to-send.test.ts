import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { builtImages, imagesToBuild, imagesToSend } from './images-to-send.ts';

const present = (all: Record<string, string | null>) =>
  Object.entries(all).map(([reference, id]) => ({ reference, id }));

test('images that are built are told from those of registries', () => {
  expect(builtImages(specOf('services: { web: { build: . }, db: { image: b } }'))).toEqual([
    'localhost/shop-web',
  ]);
});

test('what is nowhere is built, and what was asked for', () => {
  const { images } = specOf(
    'services: { web: { build: . }, db: { build: . }, new: { build: ., pull_policy: build } }',
  );
  const wanted = Object.keys(images).filter((reference) => images[reference]?.kind === 'build');
  const here = present({ 'localhost/shop-web': null, 'localhost/shop-db': null, 'localhost/shop-new': 'n' });
  const there = present({ 'localhost/shop-web': null, 'localhost/shop-db': 'd', 'localhost/shop-new': 'n' });
  expect(imagesToBuild(wanted, images, false, here, there)).toEqual([
    'localhost/shop-web',
    'localhost/shop-new',
  ]);
  expect(imagesToBuild(wanted, images, true, here, there)).toEqual(wanted);
});

test('what is here and is another there is sent', () => {
  const here = present({ same: '1', other: '2', absent: '3', away: null });
  const there = present({ same: '1', other: '9', absent: null, away: '4' });
  expect(imagesToSend(here, there)).toEqual([
    { reference: 'other', id: '2' },
    { reference: 'absent', id: '3' },
  ]);
});
