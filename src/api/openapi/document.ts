import { mayBeAbsent } from '../../lib/schema.ts';
import { version } from '../../lib/version.ts';
import type * as z from '../../lib/zod.ts';
import type { Contract } from '../contract.ts';
import { errorMessage } from '../contracts/operation.ts';
import { describedSchemas } from './schemas.ts';

const jsonLines = 'application/x-ndjson';
const answerTypes = {
  lines: jsonLines,
  operation: jsonLines,
  events: 'text/event-stream',
  text: 'text/plain',
  archive: 'application/x-tar',
} as const;
const bodyTypes = { lines: jsonLines, archive: 'application/x-tar' } as const;

/** The API as an OpenAPI 3.1 document, which takes JSON Schemas as they are. */
export function describeApi(contracts: readonly Contract[]): Record<string, unknown> {
  const { schemaOf, components } = describedSchemas();
  const failure = content('an error', 'application/json', schemaOf(errorMessage));
  const paths: Record<string, Record<string, object>> = {};
  for (const contract of contracts) {
    const [method = '', url = ''] = contract.route.split(' ');
    const path = url.replace(/:([A-Za-z]+)/g, '{$1}');
    const { sends, takes, answer, body } = contract;
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        summary: contract.summary,
        parameters: [
          ...parametersOf('query', contract.query, schemaOf),
          ...parametersOf('path', contract.params, schemaOf),
          ...parametersOf('header', contract.headers, schemaOf),
        ],
        ...(body && {
          requestBody: {
            required: true,
            ...content(undefined, takes ? bodyTypes[takes] : 'application/json', schemaOf(body)),
          },
        }),
        responses: {
          200: content(
            sends === 'lines' || sends === 'operation'
              ? 'a line each; where it fails, the last is {"error": an error}'
              : 'done',
            sends ? answerTypes[sends] : 'application/json',
            schemaOf(answer),
          ),
          default: failure,
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Heddle',
      version: version(),
      description: 'The API of a node, on its Unix socket. Commands are its clients.',
    },
    components: { schemas: components() },
    servers: [{ url: 'http://localhost', description: 'curl --unix-socket /run/heddle/node.sock' }],
    paths,
  };
}

function content(description: string | undefined, type: string, schema: object): object {
  return { ...(description !== undefined && { description }), content: { [type]: { schema } } };
}

function parametersOf(
  place: 'query' | 'path' | 'header',
  schema: z.ZodObject | undefined,
  schemaOf: (one: z.ZodType) => object,
): object[] {
  return Object.entries(schema?.shape ?? {}).map(([name, one]) => {
    const { description, ...rest } = schemaOf(one as z.ZodType) as { description?: string };
    const required = place === 'path' || !mayBeAbsent(one);
    return { name, in: place, required, ...(description !== undefined && { description }), schema: rest };
  });
}
