import { type Diagnostic, formatDiagnostic, InvalidInput } from '../lib/errors.ts';
import type { Application, Service } from './application.ts';
import type { Descriptor } from './descriptor.ts';
import { loadDescriptor } from './load.ts';
import type { LoadOptions } from './project.ts';

// For tests: a project in memory, in the folder /app.

export const APP = '/app';
export type Files = Readonly<Record<string, string>>;
type Options = Partial<Omit<LoadOptions, 'read'>>;

/** Loads files given by their path in /app, or by absolute path. A single text is `compose.yaml`. */
export function load(files: Files | string, options: Options = {}): Descriptor {
  const given = typeof files === 'string' ? { 'compose.yaml': files } : files;
  const byPath = new Map(
    Object.entries(given).map(([path, text]) => [path.startsWith('/') ? path : `${APP}/${path}`, text]),
  );
  const read = {
    readFile: (path: string) => byPath.get(path),
    exists: (path: string) => byPath.has(path),
  };
  return loadDescriptor({ cwd: APP, env: {}, ...options, read });
}

export function application(files: Files | string, options: Options = {}): Application {
  return load(files, options).application;
}

/** The service `web` of a file in which it is given by its keys alone, indented by nothing. */
export function web(keys: string, rest = '', options: Options = {}): Service {
  return application(webFile(keys, rest), options).services['web']!;
}

/** A file with the service `web`, an image, and these keys. */
export function webFile(keys: string, rest = ''): string {
  const indented = keys
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
  return `services:\n  web:\n    image: nginx\n${indented}\n${rest}`;
}

/** What is wrong with these files, as the user reads it, without the code. */
export function errors(files: Files | string, options: Options = {}): string[] {
  try {
    load(files, options);
  } catch (error) {
    if (error instanceof InvalidInput) return readable(error.diagnostics, 'error');
    throw error;
  }
  return [];
}

/** The errors of the service `web` alone. */
export function webErrors(keys: string, rest = ''): string[] {
  return errors(webFile(keys, rest));
}

export function warnings(files: Files | string, options: Options = {}): string[] {
  return readable(load(files, options).warnings, 'warning');
}

function readable(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): string[] {
  return diagnostics.filter((d) => d.severity === severity).map(formatDiagnostic);
}
