import { assemble } from './assemble/application.ts';
import { check } from './check.ts';
import { chosenServices } from './chosen-services.ts';
import { fileDefaults, serviceDefaults } from './defaults.ts';
import type { Descriptor } from './descriptor.ts';
import type { Lookup } from './env/interpolate.ts';
import { type UsedVariable, usedVariables } from './env/used-variables.ts';
import { withEnvironment } from './environment.ts';
import { loadFiles } from './load-files.ts';
import { settle } from './merge.ts';
import { openProject } from './open.ts';
import { namedProfiles } from './profiles.ts';
import type { LoadOptions, Project } from './project.ts';
import { prune } from './prune.ts';
import type { Workshop } from './source.ts';
import {
  child,
  entriesOf,
  locateKey,
  type MapNode,
  mapOf,
  mapValues,
  scalar,
  toPlain,
  withEntry,
} from './tree.ts';

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
  const { project, name, lookup, shop } = openProject(options);
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
  const { project, name, lookup, shop } = openProject(options, true);
  const merged = loadFiles(project.files, { lookup, dir: project.dir }, shop);
  shop.findings.throwIfErrors();
  const settled = settle(merged ?? mapOf({}, { file: '', line: 1, column: 1 })) as MapNode;
  const variables = usedVariables([...shop.parsed.values()].flatMap((documents) => documents ?? []));
  return { model: toPlain(withEntry(settled, 'name', scalar(name, settled.at))), variables };
}

/**
 * Reads a Compose project. The same options and files give the same descriptor. Throws InvalidInput with
 * all that is wrong.
 */
export function loadDescriptor(options: LoadOptions): Descriptor {
  const { project, name, lookup, shop } = openProject(options);
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

  // Most of those who read a project print nothing of it.
  const tree = once(() => prune(complete, application));
  const model = once(() => toPlain(tree()));
  return {
    application,
    warnings: findings.warnings,
    profiles: namedProfiles(child(settled, 'services')),
    inactive: entriesOf(child(settled, 'services')).flatMap(([key]) => (active.has(key) ? [] : [key])),
    named: isNamed(options, project, settled),
    get model() {
      return model();
    },
    at: (path) => locateKey(tree(), path),
    variable: lookup,
    environment: project.variables,
    asked: project.asked,
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

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
