import { expect, test } from 'vitest';
import { readRequest } from './publication.ts';

const doubled = Array.from(
  { length: 12 },
  (_, index) => `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
);
const bomb = ['a-1: &a-1 [x]', ...doubled].join('\n');

test.each([
  ['what it doubles too often', bomb, /alias/],
  ['an alias of nothing', '*nobody', /alias/],
  ['a circle', '{ steer: &a [*a] }', /steer has to be /],
  ['two documents', 'true\n--- \ntrue', /documents/],
  ['nothing', '', /^is empty; it may be true, false, or say how: /],
  [
    'a text that says true',
    '"true"',
    /^says "true" in quotation marks of its own where true is meant: write true/,
  ],
  ['yes', 'yes', /^says "yes" where true is meant: write true, as in heddle\.io\/edge: "true"$/],
  ['NO', 'No', /^says "No" where false is meant/],
  ['another word', 'please', /^says "please"; it may be true, false, or say how/],
  ['a number', '1', /^says "1"; /],
  ['a list', '[web]', /^is wrong: the whole has to be keys and values, .*, not a list$/],
  ['an unknown key', '{ colour: red }', /^has the key "colour", which means nothing; there is: as, /],
  ['a key misspelt', '{ stear: direct }', /which means nothing; did you mean "steer"\?$/],
  [
    'a key of a policy',
    '{ policy: { pn: [a] } }',
    /"policy\.pn", which means nothing; did you mean "pin"\?$/,
  ],
  [
    'a wrong word',
    '{ steer: sideways }',
    /^is wrong: steer has to be gateway or direct, not the text "sideways"$/,
  ],
  ['a wrong type', '{ failover: fast }', /^is wrong: failover has to be a number, not the text "fast"$/],
  [
    'a list that is none',
    '{ layer4: sql }',
    /^is wrong: layer4 has to be a list, such as \[.*\], not the text "sql"$/,
  ],
  ['a number too small', '{ failover: 0 }', /^is wrong: failover is too small/],
  ['a name that is none', '{ as: Web_1 }', /^is wrong: as is the text "Web_1": expected a DNS label/],
  ['no YAML', '{ steer', /^cannot be read as YAML: /],
  ['a number that is none', '{ failover: 1e999 }', /failover has to be a number/],
])('%s is wrong', (_, text, message) =>
  expect(readRequest(text)).toEqual({ wrong: expect.stringMatching(message) }),
);
