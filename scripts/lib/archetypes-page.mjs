// docs/reference/archetypes.md, from what the archetypes say of themselves.

import { code, optionsTable } from './options-table.mjs';

/** `archetypes`: as `GET /v1/archetypes` answers them. */
export function archetypesPage(archetypes) {
  return `# Archetypes of networks

What \`options\` of networks and endpoints may be, by the network’s archetype: in requests as they stand here, and with
\`heddle net create -o KEY=JSON\`. \`heddle net archetypes --format json\` prints the same as JSON Schema. What every network and
endpoint has besides is in [the API](openapi.json). This page is generated from \`src/networks\` by \`npm run docs\`.

${archetypes.map(section).join('\n')}`;
}

function section({ name, summary, attachments, carriesIp, uses, networkOptions, endpointOptions }) {
  return `## ${name}

${summary[0].toUpperCase()}${summary.slice(1)}. Endpoints are for ${attachments.map(code).join(', ')}${carriesIp ? ', and have IP addresses' : ''}.${
    uses.length > 0 ? ` Its networks are made from those of ${uses.map(code).join(', ')}.` : ''
  }

Networks:

${optionsTable(networkOptions)}
Endpoints:

${optionsTable(endpointOptions)}`;
}
