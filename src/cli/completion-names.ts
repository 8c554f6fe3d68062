import { loadCatalogue } from '../catalogue/load.ts';
import { catalogueFolders } from './catalogue-folders.ts';
import type { NodeOptions, ProjectOptions } from './command.ts';
import { argumentAt, type Candidate, type CompletionPoint } from './completion.ts';
import { archetypes, endpoints, namespaces, networks, nodeServices, nodes } from './completion-networks.ts';
import { presentNode } from './node-connection.ts';
import { readDescriptor } from './project.ts';
import { projectName } from './project-name.ts';
import { statuses } from './ps-filter.ts';

/** What a shell completes by itself. */
type Path = 'files' | 'folders';
type Names = (place: CompletionPoint) => Path | Candidate[] | Promise<Path | Candidate[]>;

/** What stands behind options and arguments, by their names. */
const byOption: Readonly<Record<string, Names>> = {
  file: () => 'files',
  envFile: () => 'files',
  envFromFile: () => 'files',
  volume: () => 'files',
  signal: () => plain(['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']),
  status: () => plain(statuses),
  socket: () => 'files',
  projectDirectory: () => 'folders',
  stateDir: () => 'folders',
  catalogue: () => 'folders',
  projectName: projects,
  engine: () => plain(['podman', 'docker', 'lxc', 'none']),
  scale: counted,
  profile: profiles,
  allowPrivilegedTemplate: features,
  archetype: archetypes,
  network: networks,
  endpoint: endpoints,
  from: endpoints,
  to: (place) => (place.command.name() === 'switch' ? archetypes(place) : endpoints(place)),
  namespace: namespaces,
  netns: namespaces,
  node: (place) => (isOf(place, 'endpoint') ? nodes(place) : []),
};
const byArgument: Readonly<Record<string, Names>> = {
  services: others,
  service: (place) => (isOf(place, 'node') ? nodeServices(place) : services(place)),
  source: places,
  target: places,
  'service=number': counted,
  feature: features,
  names: (place) => (isOf(place, 'images') ? images(place) : []),
  network: networks,
  networks,
  endpoints,
  nodes,
  archetype: archetypes,
  chain: chains,
  chains,
};

/** Whether a command is one of a group: `ls` of `endpoint`. */
function isOf({ command }: CompletionPoint, group: string): boolean {
  return command.parent?.name() === group;
}

/** The candidates for names that a file, the catalogue or the node knows. */
export async function namedCandidates(place: CompletionPoint): Promise<Path | Candidate[]> {
  if (place.option) return (await byOption[place.option.attributeName()]?.(place)) ?? [];
  if (place.typed.startsWith('-')) return [];
  return (await byArgument[argumentAt(place)?.name() ?? '']?.(place)) ?? [];
}

/** Of the Compose file; where there is none, of the application that runs. */
async function services({ options }: CompletionPoint): Promise<Candidate[]> {
  const given = optionsOf(options);
  try {
    const known = readDescriptor(given).application.services;
    return Object.values(known).map(({ name, image }) => ({ value: name, description: image ?? '' }));
  } catch {
    const status = await presentNode(given).status(projectName(given));
    return status
      .filter(({ service, role }) => service !== null && role === 'application')
      .map(({ service, image }) => ({ value: service ?? '', description: image }))
      .sort((a, b) => (a.value < b.value ? -1 : 1));
  }
}

/** An end of a copy: `web:`, whose path follows; or a path of this host, which the shell knows. */
async function places(place: CompletionPoint): Promise<Path | Candidate[]> {
  if (/^[./~]/.test(place.typed)) return 'files';
  const all = await services(place);
  const offered = all.map(({ value, description }) => ({ value: `${value}:`, description }));
  return offered.some(({ value }) => value.startsWith(place.typed)) ? offered : 'files';
}

function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, description: '' }));
}

/** Those that have not been named yet. */
async function others(place: CompletionPoint): Promise<Candidate[]> {
  return (await services(place)).filter(({ value }) => !place.args.includes(value));
}

async function counted(place: CompletionPoint): Promise<Candidate[]> {
  const all = await services(place);
  return all.map(({ value, description }) => ({ value: `${value}=`, description }));
}

function profiles({ options }: CompletionPoint): Candidate[] {
  return readDescriptor(optionsOf(options)).profiles.map((value) => ({ value, description: '' }));
}

async function projects({ options }: CompletionPoint): Promise<Candidate[]> {
  const all = await presentNode(optionsOf(options)).summaries();
  return all.map(({ project, files }) => ({ value: project, description: files.join(', ') }));
}

function chains({ options }: CompletionPoint): Candidate[] {
  const { application } = readDescriptor(optionsOf(options));
  return application.chains.map(({ name, from, to }) => ({ value: name, description: `${from} to ${to}` }));
}

function features({ options }: CompletionPoint): Candidate[] {
  const { templates } = loadCatalogue(catalogueFolders(optionsOf(options)));
  return Object.values(templates).map(({ feature, title }) => ({ value: feature, description: title }));
}

function images({ options }: CompletionPoint): Candidate[] {
  const names = Object.keys(loadCatalogue(catalogueFolders(optionsOf(options))).images);
  return ['base', ...names].map((value) => ({ value, description: '' }));
}

function optionsOf(given: CompletionPoint['options']): ProjectOptions & NodeOptions {
  const one = (name: string) => {
    const value = given[name]?.at(-1);
    return value === undefined ? {} : { [name]: value };
  };
  const several = (name: string) => (given[name] ? { [name]: given[name] } : {});
  return {
    ...one('projectName'),
    ...one('projectDirectory'),
    ...one('socket'),
    ...one('stateDir'),
    ...several('file'),
    ...several('envFile'),
    ...several('profile'),
    ...several('catalogue'),
  };
}
