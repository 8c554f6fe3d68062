// Imports go downward only: a folder may import from those after it in this list, and from itself.
// The list is the architecture; ARCHITECTURE.md says what each folder is for.
const layers = [
  'cli',
  'node',
  'features',
  'doors',
  'api',
  'edge',
  'monitor',
  'measure',
  'deploy',
  'engines',
  'selector',
  'catalogue',
  'networks',
  'state',
  'descriptor',
  'lib',
];

// What a feature has for the command line stands in its directory, and on the floor of src/cli.
const featureCommands = '^src/features/(command|[^/]+/command)';
// What the command line speaks to a node with.
const client = '^src/api/([a-z]+-client|client|handling|messages|project|(http|socket|tls)-transport|target|transport)\\.ts$';

const upward = layers.slice(1).map((layer, index) => ({
  name: `${layer}-imports-only-downward`,
  severity: 'error',
  comment: `src/${layer} may not import from a folder above it (${layers.slice(0, index + 1).join(', ')})`,
  from: { path: `^src/${layer}/`, pathNot: ['\\.test\\.ts$', featureCommands] },
  to: { path: `^src/(${layers.slice(0, index + 1).join('|')})/` },
}));

// The edge is a house of its own: each folder may import from those on floors below, and not from its neighbours.
const edgeFloors = [
  ['controller', 'gateway'],
  ['telemetry'],
  ['acme', 'balance', 'update'],
  ['proxy'],
  ['dns', 'health', 'lease'],
  ['delivery'],
  ['distance', 'sources'],
  ['view'],
  ['grants'],
  ['ca', 'listen', 'model'],
];

const edge = edgeFloors.flatMap((floor, index) =>
  floor.map((folder) => {
    const closed = [...edgeFloors.slice(0, index).flat(), ...floor.filter((other) => other !== folder)];
    return {
      name: `edge-${folder}-imports-only-downward`,
      severity: 'error',
      comment: `src/edge/${folder} may not import from its neighbours or from a floor above it (${closed.join(', ')})`,
      from: { path: `^src/edge/${folder}/`, pathNot: '\\.test\\.ts$' },
      to: { path: `^src/edge/(${closed.join('|')})/` },
    };
  }),
);

module.exports = {
  forbidden: [
    ...upward,
    ...edge,
    {
      name: 'every-edge-folder-has-a-floor',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$' },
      to: { path: '^src/edge/', pathNot: `^src/edge/(${edgeFloors.flat().join('|')})/` },
    },
    {
      name: 'only-the-command-line-has-commands',
      severity: 'error',
      from: { pathNot: ['^src/cli/', featureCommands, '\\.test\\.ts$'] },
      to: { path: featureCommands },
    },
    {
      name: 'commands-of-features-load-nothing-of-the-node',
      severity: 'error',
      comment: 'a command takes types of its contract, and loads what the command line has',
      from: { path: featureCommands },
      to: {
        path: '^src/',
        pathNot: ['^src/(cli|lib)/', featureCommands],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'the-client-loads-no-schemas',
      severity: 'error',
      comment: 'a command starts in the time that zod would take to load: types only',
      from: { path: client },
      to: { path: 'zod|^src/(api/contract|lib/schema)', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-engines-know-the-engine',
      severity: 'error',
      from: { pathNot: '^src/engines/' },
      to: { path: 'node_modules/(dockerode|@kubernetes)' },
    },
    {
      name: 'only-the-list-knows-kinds-of-functions',
      severity: 'error',
      comment: 'what a function in the path does is known in its directory, and in that of the feature that shows it',
      from: {
        path: '^src/',
        pathNot: '^src/networks/path/(kinds\\.ts$|(firewall|inspection|nat|shaper)/)|^src/features/(firewall|shaper)/|\\.test\\.ts$',
      },
      to: { path: '^src/networks/path/(firewall|inspection|nat|shaper)/' },
    },
    {
      name: 'every-folder-is-a-layer',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${layers.join('|')})/` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
