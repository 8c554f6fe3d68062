import { interpolate, type Lookup } from './env/interpolate.ts';
import { TemplateError } from './env/template.ts';
import { Findings } from './findings.ts';
import { frugalReader } from './frugal-reader.ts';
import { findProject, type LoadOptions, type Project, projectName } from './project.ts';
import { parsedFile, type Workshop } from './source.ts';
import { child, textOf } from './tree.ts';

/** What is known of a project before its files are understood. */
export interface Opened {
  readonly project: Project;
  readonly name: string;
  readonly lookup: Lookup;
  readonly shop: Workshop;
}

/**
 * The name of a Compose project, for what needs no more of it: values that only its containers need may be missing, and keys wrong.
 * Throws InvalidInput when the name cannot be told.
 */
export function loadProjectName(options: LoadOptions): string {
  const { name, shop } = openProject(options);
  shop.findings.throwIfErrors();
  return name;
}

/** Finds a project's files, its name and its variables. Throws InvalidInput when there are no files. */
export function openProject(options: LoadOptions, unfilled = false): Opened {
  const findings = new Findings();
  const read = frugalReader(options.read);
  const project = findProject({ ...options, read }, findings);
  findings.throwIfErrors();
  const shop: Workshop = {
    read,
    findings,
    cwd: options.cwd,
    parsed: new Map(),
    unfilled,
    lookups: new WeakMap(),
  };
  const outside = project.lookup;
  const name = nameOf(project, options, outside, shop);
  const lookup: Lookup = (variable) => (variable === 'COMPOSE_PROJECT_NAME' ? name : outside(variable));
  return { project, name, lookup, shop };
}

/** `-p`, COMPOSE_PROJECT_NAME, the last file's `name`, or the folder's name. */
function nameOf(project: Project, options: LoadOptions, lookup: Lookup, shop: Workshop): string {
  const given = options.projectName ?? (lookup('COMPOSE_PROJECT_NAME') || undefined);
  if (given !== undefined) return projectName({ name: given }, project.dir, shop.findings);
  const documents = project.files.flatMap((path) => parsedFile(path, shop, undefined) ?? []);
  for (const document of documents.reverse()) {
    const node = child(document, 'name');
    const written = textOf(node);
    if (written === undefined) continue;
    try {
      const name = interpolate(written, lookup, () => {});
      return projectName({ name, at: node?.at }, project.dir, shop.findings);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      // Reading the file proper finds the same, which is then told once.
      shop.findings.error('ERR_INTERPOLATION', `name: ${error.message}`, node?.at);
    }
  }
  return projectName(undefined, project.dir, shop.findings);
}
