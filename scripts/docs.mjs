// Writes the parts of the reference that follow from the code. `--check` only compares, and fails when they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openapiContract } from '../src/api/openapi/contract.ts';
import { describeApi } from '../src/api/openapi/document.ts';
import { routes } from '../src/api/routes/index.ts';
import { networkRoutes, switchRoutes } from '../src/api/routes/networks.ts';
import { loadCatalogue } from '../src/catalogue/load.ts';
import { commands } from '../src/cli/commands/index.ts';
import { leftOutCommands, leftOutFlags } from '../src/cli/left-out.ts';
import { doorRoutes } from '../src/doors/doors.ts';
import { featureRoutes } from '../src/features/index.ts';
import { errorCodes } from '../src/lib/error-codes.ts';
import { jsonSchemaOf } from '../src/lib/json-schema.ts';
import { bondFamilies } from '../src/monitor/metrics/bond-families.ts';
import { families } from '../src/monitor/metrics/families.ts';
import { linkFamilies } from '../src/monitor/metrics/link-families.ts';
import { measuredFamilies } from '../src/monitor/metrics/measured-families.ts';
import { networkFamilies } from '../src/monitor/metrics/network-families.ts';
import { archetypes } from '../src/networks/archetypes.ts';
import { describeArchetype } from '../src/networks/standard/archetype-description.ts';
import { nodeSettings } from '../src/node/settings/settings.ts';
import { archetypesPage } from './lib/archetypes-page.mjs';
import { cliPage } from './lib/cli-page.mjs';
import { composePage } from './lib/compose-page.mjs';
import { jsonPage } from './lib/json-page.mjs';
import { nodePage } from './lib/node-page.mjs';
import { errorsPage, featuresPage, metricsPage } from './lib/reference-pages.mjs';

const folder = path.resolve(import.meta.dirname, '../docs/reference');
const contracts = [...routes, ...networkRoutes, ...switchRoutes, ...featureRoutes, ...doorRoutes].map(
  ({ contract }) => contract,
);
const api = describeApi([openapiContract, ...contracts]);
const pages = {
  'archetypes.md': archetypesPage(archetypes.map(describeArchetype)),
  'errors.md': errorsPage(errorCodes),
  'cli.md': cliPage(commands()),
  'compose.md': composePage(leftOutCommands, leftOutFlags),
  'features.md': featuresPage(Object.values(loadCatalogue().templates)),
  'metrics.md': metricsPage({
    Networks: [...networkFamilies, ...measuredFamilies],
    Bonds: bondFamilies,
    Links: linkFamilies,
    Applications: families,
  }),
  'json.md': jsonPage(api.components.schemas),
  'node.md': nodePage(jsonSchemaOf(nodeSettings)),
  'openapi.json': `${JSON.stringify(api, null, 2)}\n`,
};

let stale = 0;
for (const [name, text] of Object.entries(pages)) {
  const file = path.join(folder, name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${file} is not what the code says: run npm run docs\n`);
    stale++;
  }
}
process.exit(stale === 0 ? 0 : 1);
