// Imports go downward only: a folder may import from those after it in this list, and from itself.
// The list is the architecture; ARCHITECTURE.md says what each folder is for.
const layers = [
  'cli',
  'node',
  'api',
  'edge',
  'monitor',
  'deploy',
  'engines',
  'selector',
  'catalogue',
  'networks',
  'state',
  'descriptor',
  'lib',
];

const upward = layers.slice(1).map((layer, index) => ({
  name: `${layer}-imports-only-downward`,
  severity: 'error',
  comment: `src/${layer} may not import from a folder above it (${layers.slice(0, index + 1).join(', ')})`,
  from: { path: `^src/${layer}/`, pathNot: '\\.test\\.ts$' },
  to: { path: `^src/(${layers.slice(0, index + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...upward,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-engines-know-the-engine',
      severity: 'error',
      from: { pathNot: '^src/engines/' },
      to: { path: 'node_modules/(dockerode|@kubernetes)' },
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
