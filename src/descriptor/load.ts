import { assemble } from './assemble/application.ts';
import { check } from './check.ts';
import { chosenServices } from './chosen-services.ts';
import { fileDefaults, serviceDefaults } from './defaults.ts';
import type { Descriptor } from './descriptor.ts';
import { interpolate, type Lookup } from './env/interpolate.ts';
import { TemplateError } from './env/template.ts';
import { type UsedVariable, usedVariables } from './env/used-variables.ts';
import { withEnvironment } from './environment.ts';
import { Findings } from './findings.ts';
import { frugalReader } from './frugal-reader.ts';
import { loadFiles } from './load-files.ts';
import { settle } from './merge.ts';
import { namedProfiles } from './profiles.ts';
import { findProject, type LoadOptions, type Project, projectName } from './project.ts';
import { prune } from './prune.ts';
import { parsedFile, type Workshop } from './source.ts';
import {
  child,
  entriesOf,
  locateKey,
  type MapNode,
  mapOf,
  mapValues,
  scalar,
  textOf,
  toPlain,
  withEntry,
} from './tree.ts';

/** What is known of a project before its files are understood. */
interface Opened {
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
  const { name, shop } = open(options);
  shop.findings.throwIfErrors();
  return name;
}

/** What a project is called, where it stands, and which services its files name: all that taking it down needs. */
export interface Outline {
  readonly name: string;
  readonly dir: string;
  readonly files: readonly string[];
  /** Whatever their profiles. */
  readonly services: readonly string[];
  readonly named: boolean;
}

/**
 * The outline of a project, of which values may be missing and keys wrong.
 * Throws InvalidInput when its files cannot be read at all.
 */
export function loadOutline(options: LoadOptions): Outline {
  const { project, name, lookup, shop } = open(options);
  shop.findings.throwIfErrors();
  const merged = loadFiles(project.files, { lookup, dir: project.dir }, shop);
  if (!merged || [...shop.parsed.values()].includes(undefined)) shop.findings.throwIfErrors();
  const file = merged ?? mapOf({}, { file: '', line: 1, column: 1 });
  return {
    name,
    dir: project.dir,
    files: project.files,
    services: entriesOf(child(file, 'services')).map(([key]) => key),
    named: isNamed(options, project, file),
  };
}

/** A project as its files say it, merged, with the variables where they stand. Nothing of it is checked. */
export interface UnfilledProject {
  readonly model: unknown;
  readonly variables: readonly UsedVariable[];
}

/** Throws InvalidInput for what cannot be read or merged. */
export function loadUnfilled(options: LoadOptions): UnfilledProject {
  const { project, name, lookup, shop } = open(options, true);
  const merged = loadFiles(project.files, { lookup, dir: project.dir }, shop);
  shop.findings.throwIfErrors();
  const settled = settle(merged ?? mapOf({}, { file: '', line: 1, column: 1 })) as MapNode;
  const variables = usedVariables([...shop.parsed.values()].flatMap((documents) => documents ?? []));
  return { model: toPlain(withEntry(settled, 'name', scalar(name, settled.at))), variables };
}

function open(options: LoadOptions, unfilled = false): Opened {
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
  const outside: Lookup = (name) => project.variables.get(name);
  const name = nameOf(project, options, outside, shop);
  const lookup: Lookup = (variable) => (variable === 'COMPOSE_PROJECT_NAME' ? name : outside(variable));
  return { project, name, lookup, shop };
}

/**
 * Reads a Compose project. The same options and files give the same descriptor. Throws InvalidInput with
 * all that is wrong.
 */
export function loadDescriptor(options: LoadOptions): Descriptor {
  const { project, name, lookup, shop } = open(options);
  const { findings } = shop;
  const merged = loadFiles(project.files, { lookup, dir: project.dir }, shop);
  // Of half a project the later steps would say much that is not so.
  if ([...shop.parsed.values()].includes(undefined)) findings.throwIfErrors();
  const settled = settle(merged ?? mapOf({}, { file: '', line: 1, column: 1 })) as MapNode;
  const active = chosenServices(
    child(settled, 'services'),
    project.profiles,
    options.services ?? [],
    findings,
  );
  const complete = fileDefaults(completeServices(settled, active, lookup, shop), name, active);
  if (child(complete, 'services') === undefined && findings.errorCount === 0) {
    findings.error('ERR_COMPOSE_TYPE', 'there are no "services"', complete.at);
  }
  const checked = check(complete, findings);
  const application = assemble(checked, { project, name, tree: complete, active, lookup, shop });
  findings.throwIfErrors();

  const tree = prune(complete, application);
  return {
    application,
    warnings: findings.warnings,
    profiles: namedProfiles(child(settled, 'services')),
    inactive: entriesOf(child(settled, 'services')).flatMap(([key]) => (active.has(key) ? [] : [key])),
    named: isNamed(options, project, settled),
    model: toPlain(tree),
    at: (path) => locateKey(tree, path),
    variable: lookup,
    environment: project.variables,
  };
}

function completeServices(
  file: MapNode,
  active: ReadonlySet<string>,
  lookup: Lookup,
  shop: Workshop,
): MapNode {
  const services = child(file, 'services');
  if (services?.kind !== 'map') return file;
  const complete = mapValues(services, (service, name) => {
    if (service.kind !== 'map') return service;
    return serviceDefaults(active.has(name) ? withEnvironment(service, lookup, shop) : service);
  });
  return withEntry(file, 'services', complete);
}

function isNamed({ projectName: given }: LoadOptions, { variables }: Project, file: MapNode): boolean {
  return (
    given !== undefined || Boolean(variables.get('COMPOSE_PROJECT_NAME')) || child(file, 'name') !== undefined
  );
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
