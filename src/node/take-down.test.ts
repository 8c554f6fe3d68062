import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { deployed } from '../../test/support/observed.ts';
import type { DownRequest } from '../api/messages.ts';
import { prepareDown } from './take-down.ts';

const spec = specOf(`
services:
  web: { build: /src/web, depends_on: [db], x-heddle: { manage: { flows: true } } }
  worker: { image: shop/worker, build: /src/worker }
  db: { image: mariadb }
  spare: { image: mariadb }
  probe: { image: "localhost/heddle/base:bookworm" }
`);
const desired = { spec, stopped: [], settled: true };
const down = (request: DownRequest) => {
  const { plan } = prepareDown('shop', request, desired, deployed(spec));
  const removals = plan.steps.filter(({ kind }) => kind === 'removeImage');
  return { images: removals.map(({ subject }) => subject), removals, warnings: plan.warnings };
};

describe('down', () => {
  test('leaves images alone', () => {
    expect(down({}).images).toEqual([]);
  });

  test('removes with `local` those that the file builds and gives no name', () => {
    expect(down({ images: 'local' }).images).toEqual(['localhost/shop-web']);
  });

  test('removes with `all` each that a service uses once, none of Heddle’s own, when all containers are gone', () => {
    const { images, removals } = down({ images: 'all' });
    expect(images.sort()).toEqual(['localhost/shop-web', 'mariadb', 'shop/worker']);
    for (const { after } of removals) {
      expect(after).toEqual(
        expect.arrayContaining(['removeContainer shop-web-1', 'removeContainer shop-db-1']),
      );
    }
  });

  test('of some services leaves an image that another service uses, and says whose it is', () => {
    expect(down({ images: 'all', services: ['worker'] })).toMatchObject({
      images: ['shop/worker'],
      warnings: [],
    });
    expect(down({ images: 'all', services: ['db'] })).toMatchObject({
      images: [],
      warnings: ['the image mariadb stays: spare, which is not taken down, uses it'],
    });
  });

  test('goes by what containers were made from where nothing is known of the project', () => {
    expect(prepareDown('shop', { images: 'local' }, undefined, deployed(spec)).plan.steps).toContainEqual(
      expect.objectContaining({ id: 'removeImage localhost/shop-web' }),
    );
  });
});
