import type { FastifySchemaCompiler } from 'fastify';
import { HeddleError } from '../lib/errors.ts';
import { isDeeper } from '../lib/nesting.ts';
import * as z from '../lib/zod.ts';
import { queryValues } from './query-text.ts';

/** Levels that lists and sets of keys of a request nest, as those of a file may. */
const deepest = 100;

/** Checks what a request says by the schemas of its contract. */
export const checkRequest: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart = '' }) => {
  const part = httpPart === 'querystring' ? 'query' : httpPart;
  return (said: unknown) => {
    if (isDeeper(said, deepest)) return { error: tooDeep(part) };
    const values = schema instanceof z.ZodObject && part === 'query' ? queryValues(schema, said ?? {}) : said;
    const checked = schema.safeParse(values);
    return checked.success ? { value: checked.data } : { error: refusal(part, checked.error) };
  };
};

function tooDeep(part: string): HeddleError {
  return new HeddleError('ERR_USAGE', `${part}: values are nested more than ${deepest} deep`);
}

/** @returns ERR_USAGE with the first thing that is wrong, and where */
export function refusal(part: string, { issues: [issue] }: z.ZodError): HeddleError {
  const where = [part, ...(issue?.path ?? [])].map(String).join('.').slice(0, 200);
  return new HeddleError(
    'ERR_USAGE',
    `${where}: ${issue ? wordsOf(issue).slice(0, 500) : 'not understood'}`,
    {
      hint: 'docs/reference/openapi.json says what each route takes',
    },
  );
}

const counted: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/** What is wrong, as a schema says it of its own; of a limit, what it is. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big') return `at most ${issue.maximum}${counted[issue.origin] ?? ''}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum}${counted[issue.origin] ?? ''}`;
  return issue.message;
}
