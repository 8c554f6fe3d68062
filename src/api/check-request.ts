import type { FastifySchemaCompiler } from 'fastify';
import { HeddleError } from '../lib/errors.ts';
import * as z from '../lib/zod.ts';
import { queryValues } from './query-text.ts';

/** Checks what a request says by the schemas of its contract. */
export const checkRequest: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart = '' }) => {
  const part = httpPart === 'querystring' ? 'query' : httpPart;
  return (said: unknown) => {
    const values = schema instanceof z.ZodObject && part === 'query' ? queryValues(schema, said ?? {}) : said;
    const checked = schema.safeParse(values);
    return checked.success ? { value: checked.data } : { error: refusal(part, checked.error) };
  };
};

/** @returns ERR_USAGE with the first thing that is wrong, and where */
export function refusal(part: string, { issues: [issue] }: z.ZodError): HeddleError {
  const where = [part, ...(issue?.path ?? [])].map(String).join('.').slice(0, 200);
  return new HeddleError('ERR_USAGE', `${where}: ${(issue?.message ?? 'not understood').slice(0, 500)}`, {
    hint: 'docs/reference/openapi.json says what each route takes',
  });
}
