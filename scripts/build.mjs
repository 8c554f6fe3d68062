// Builds what the package runs, what it puts into the kernel, and what container runtimes start. One file instead of a thousand: a command spends most of its time on finding and reading
// modules, and starts in two thirds of the time this way.
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { buildDataplane } from './lib/dataplane.mjs';
import { buildDeclarations } from './lib/declarations.mjs';
import { putInPlace } from './lib/put-in-place.mjs';
import { root } from './lib/setup.mjs';
import { buildShim } from './lib/shim.mjs';

// Beside what it takes the place of: what runs from there meanwhile (a demo beside tests) misses nothing.
const made = mkdtempSync(path.join(root, 'dist-'));
process.on('exit', () => rmSync(made, { recursive: true, force: true }));
await build({
  absWorkingDir: root,
  // The command line, what programs import, and processes of the node.
  entryPoints: {
    main: 'src/cli/main.ts',
    etarch: 'src/networks/etarch/client/index.ts',
    'wan-exchange': 'src/networks/wan/liveness/exchange-process.ts',
    'hook-request': 'src/deploy/function-hooks/http-request-process.ts',
  },
  outdir: path.join(made, 'cli'),
  bundle: true,
  // A command brings only what it needs: what is imported when it runs stands in files of its own.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  chunkNames: '[name]-[hash]',
  // The node's alone, which starts once: large, or with threads that look for their own files.
  external: ['@kubernetes/client-node', 'dockerode', 'pino'],
  // For bundled CommonJS that asks for Node's own modules.
  banner: {
    js: "import { createRequire as bundleRequire } from 'node:module';\nconst require = bundleRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
});
buildDataplane(made);
buildDeclarations('src/networks/etarch/client/index.ts', made);
buildShim(made);
putInPlace(made, path.join(root, 'dist'));
