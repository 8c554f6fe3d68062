import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { nothing } from '../deploy/observed.ts';
import { restart, start } from './services-operation.ts';

test.each([start, restart])(
  'what is brought back with a service are the functions that its traffic passes, too',
  ({ change }) => {
    const spec = specOf(`
services: { web: { image: w }, db: { image: d }, fw: { image: f, x-heddle: { function: wire } } }
x-heddle: { chains: [{ name: c, from: web, to: db, through: [fw] }] }`);
    const desired = { spec, stopped: ['web', 'db', 'fw'], settled: true };
    expect(change(desired, ['db'], nothing).stopped).toEqual(['web']);
    expect(change(desired, ['web'], nothing).stopped).toEqual(['db', 'fw']);
  },
);
