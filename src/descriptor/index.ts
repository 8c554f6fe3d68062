/**
 * Reads a Compose project with `x-heddle` and says what is in it, or all that is wrong with it.
 *
 * One way, no I/O but the FileReader: find the files (project.ts) → each as a tree with places (yaml/) →
 * variables (env/) → long forms (forms/) → absolute paths → extends → include → merge → what Compose takes for
 * granted (environment.ts, defaults.ts) → the schema (schema/, check.ts) → the application (assemble/).
 */
export type * from './application.ts';
export type { Descriptor } from './descriptor.ts';
export type { FileQuestion, FileReader, FoundFile } from './file-reader.ts';
export { frugalReader } from './frugal-reader.ts';
export { composeJsonSchema, type JsonSchema } from './json-schema.ts';
export { loadDescriptor, loadOutline, loadUnfilled, type UnfilledProject } from './load.ts';
export { nodeFileReader } from './node-file-reader.ts';
export { loadProjectName } from './open.ts';
export type { LoadOptions } from './project.ts';
export { redact } from './redact.ts';
export { type RenderOptions, renderConfig, renderUnfilled } from './render.ts';
