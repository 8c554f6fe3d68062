import { isName } from '../../lib/names.ts';
import * as z from '../../lib/zod.ts';
import { applicationHeddle } from './heddle.ts';
import { fileObject, network, volume } from './resources.ts';
import { service } from './service.ts';
import { closed, ignored, listOrOne, text, unsupported, withShort } from './values.ts';

const key = z
  .string()
  .refine((name) => isName('key', name), 'a name consists of letters, digits, ".", "_" and "-", at most 63');

/** What is defined by its name alone has nothing behind it. */
const named = <Schema extends z.ZodType>(schema: Schema) => z.record(key, withShort(schema, z.null()));

/** Taken up by an earlier step; here for the JSON Schema. */
const include = z.array(
  withShort(
    closed({
      path: listOrOne,
      project_directory: text.optional(),
      env_file: listOrOne.optional(),
    }),
    text,
  ),
);

/** A Compose file with all its short forms made long. */
export const composeFile = closed({
  name: text.optional(),
  version: ignored('is obsolete and was ignored').meta({ deprecated: true }),
  include: include.nullable().optional(),
  services: named(service).nullable().optional(),
  networks: named(network).nullable().optional(),
  volumes: named(volume).nullable().optional(),
  configs: named(fileObject).nullable().optional(),
  secrets: named(fileObject).nullable().optional(),
  models: unsupported('no model would be run'),
  'x-heddle': applicationHeddle.optional(),
});
export type ComposeFile = z.output<typeof composeFile>;
