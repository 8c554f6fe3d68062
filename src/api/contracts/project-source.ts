import type { ErrorCode } from '../../lib/error-codes.ts';
import { type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { diagnostic } from './operation.ts';

export const path = text.max(4096);
const paths = z.array(path).max(1000);
export const name = text.max(255);
export const names = z.array(name).max(1000);
/** A file, or what is written on a command line. */
export const content = text.max(48 * 1024 * 1024);

export const fileQuestion = record('FileQuestion', 'What is to be found out about a path.', {
  path: text,
  text: z.boolean().describe('Its text; otherwise only whether there is something to read.'),
});

const foundFile = z
  .strictObject({
    exists: z.boolean().describe('Whether there is something to read; a folder is not.'),
    text: optional(content.nullable()).describe('Null: there is none. Absent: it was not asked for.'),
    refused: optional(z.strictObject({ code: z.custom<ErrorCode>().meta({ type: 'string' }), why: content })),
  })
  .meta({ id: 'FoundFile' });

const catalogueFolder = z
  .strictObject({
    templates: z.array(z.strictObject({ file: path, text: content })).max(1000),
    images: z.array(z.strictObject({ name, folder: path, reference: text.max(512) })).max(1000),
    problems: z.array(diagnostic).max(1000),
  })
  .meta({ id: 'CatalogueFolder', description: 'A folder with templates of the user’s own.' });

export const projectSource = z
  .strictObject({
    cwd: path.startsWith('/'),
    env: z.record(text.max(100_000), content),
    files: optional(paths),
    projectName: optional(text.max(1000)),
    projectDirectory: optional(path),
    profiles: optional(names),
    envFiles: optional(paths),
    catalogue: z.array(catalogueFolder).max(100),
    allowPrivileged: optional(names).describe('Templates that may ask for rights over the host.'),
    found: z
      .record(path, foundFile)
      .describe('What was found so far, by absolute path; `-` is standard input.'),
  })
  .meta({
    id: 'ProjectSource',
    description:
      'A Compose project as a client has it: what it asks for, its environment, and the files that it has found, with its own rights and from where it stands. The node reads no file of a project itself.',
  });
export type ProjectSource = Of<typeof projectSource>;
