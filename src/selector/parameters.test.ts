import { describe, expect, test } from 'vitest';
import { loadCatalogue } from '../catalogue/load.ts';
import { bytes, checkParameters } from './parameters.ts';

const { templates } = loadCatalogue();
const check = (feature: string, request: Record<string, unknown>) =>
  checkParameters(templates[feature]!, request);

describe('parameters of a feature', () => {
  test('have the defaults of the template where nothing is said', () => {
    const { parameters, problems } = check('snmp', { name: 'edge' });
    expect(problems).toEqual([]);
    expect(parameters).toMatchObject({ version: 3, name: 'edge', contact: '' });
  });

  test('are not changed where they were written', () => {
    const request = { name: 'edge' };
    check('snmp', request);
    expect(request).toEqual({ name: 'edge' });
  });

  test.each<[string, Record<string, unknown>, string[], RegExp, string | undefined]>([
    ['snmp', { nmae: 'x' }, ['nmae'], /no such parameter/, 'did you mean "name"?'],
    ['snmp', { version: 1 }, ['version'], /must be one of 3, 2c/, undefined],
    ['snmp', { set: { interfaces: 'yes' } }, ['set', 'interfaces'], /boolean/, undefined],
    ['snmp', { name: 'a\nb' }, ['name'], /is not as it should be: Initial sysName/, undefined],
    ['flows', { budget: { cpu: 'much' } }, ['budget', 'cpu'], /must match/, undefined],
    ['flows', { budget: { disk: 1 } }, ['budget', 'disk'], /no such parameter/, undefined],
  ])('of %s are refused with their place: %j', (feature, request, path, message, hint) => {
    const { problems, budget } = check(feature, request);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'ERR_FEATURE_PARAMETER', path });
    expect(problems[0]?.message).toMatch(message);
    if (hint !== undefined) expect(problems[0]?.hint).toContain(hint);
    expect(budget).toBeUndefined();
  });

  test('are all told of at once', () => {
    const { problems } = check('snmp', { version: 1, nmae: 'x' });
    expect(problems.map(({ path }) => path.join('.')).sort()).toEqual(['nmae', 'version']);
  });

  test('have a budget apart, in cores and bytes', () => {
    const { budget, parameters } = check('flows', { budget: { cpu: '2.5 %', memory: '1.5g' } });
    expect(budget).toEqual({ cpu: 0.025, memory: 1.5 * 2 ** 30 });
    expect(parameters).not.toHaveProperty('budget');
  });
});

test.each([
  ['64M', 64 * 2 ** 20],
  ['1k', 1024],
  ['2 GB', 2 * 2 ** 30],
  ['100', 100],
  [4096, 4096],
  ['much', Number.NaN],
])('%s are %d bytes', (text, expected) => {
  expect(bytes(text)).toBe(expected);
});
