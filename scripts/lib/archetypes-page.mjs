// docs/reference/archetypes.md, from what the archetypes say of themselves.

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

${table(networkOptions)}
Endpoints:

${table(endpointOptions)}`;
}

function table(schema) {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return 'None.\n';
  return `| option | type | default | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** Of an object in an option, each field has a row of its own. */
function rowsOf({ properties = {}, required = [] }, before) {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const full = `${before}${name}`;
    const initial = required.includes(name) ? 'has to be given' : valueText(schema.default);
    const row = `| \`${full}\` | ${typeText(schema)} | ${initial} | ${cell(schema.description ?? '')} |`;
    return [row, ...rowsOf(schema.items ?? {}, `${full}[].`), ...rowsOf(schema, `${full}.`)];
  });
}

function typeText(schema) {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeText).join(' or ');
  if (schema.enum) return schema.enum.map(code).join(', ');
  if ('const' in schema) return code(schema.const);
  if (schema.type === 'array')
    return `list of ${typeText(schema.items)}${limit(schema.maxItems, (most) => `, at most ${most}`)}`;
  if (schema.type === 'integer' && schema.minimum !== undefined && schema.maximum !== undefined)
    return `integer from ${schema.minimum} to ${schema.maximum}`;
  return schema.type;
}

function limit(bound, say) {
  return bound === undefined ? '' : say(bound);
}

function valueText(value) {
  return value === undefined ? '' : code(JSON.stringify(value));
}

function code(value) {
  return `\`${value}\``;
}

function cell(content) {
  return content.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
