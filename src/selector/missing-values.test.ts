import { expect, test } from 'vitest';
import { describeText, specOf } from '../../test/support/compose.ts';
import { missingValues } from './missing-values.ts';

const text = `
services:
  web: { image: x, secrets: [token], configs: [c] }
  db: { image: x, secrets: [token] }
secrets: { token: { environment: TOKEN } }
configs: { c: { content: x } }`;

test('a secret whose variable is not set is described, and named once by what would make its container', () => {
  expect(describeText(text).application.services['web']?.files[1]?.content).toEqual({ environment: 'TOKEN' });
  expect(missingValues(describeText(text)).map(({ message, at }) => [message, at?.line])).toEqual([
    ['secrets.token: the variable TOKEN is not set', 5],
  ]);
  expect(() => specOf(text)).toThrow('ERR_INTERPOLATION: secrets.token: the variable TOKEN is not set');
});
