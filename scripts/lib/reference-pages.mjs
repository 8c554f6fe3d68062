// docs/reference/errors.md and features.md, from the table of codes and the catalogue's templates.

export function errorsPage(errorCodes) {
  const rows = Object.entries(errorCodes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { meaning, remedy }]) => `| \`${code}\` | ${cell(meaning)} | ${cell(remedy)} |`);
  return `# Errors

A command that fails ends with one message and exit code 1; 2 when the command line was not understood. Codes never change
their meaning. This page is generated from \`src/lib/error-codes.ts\` by \`npm run docs\`.

| code | what happened | what to do |
|---|---|---|
${rows.join('\n')}
`;
}

/** `groups`: families by what they are of. */
export function metricsPage(groups) {
  const sections = Object.entries(groups).map(([title, families]) => {
    const rows = families.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${cell(help)} |`);
    return `## ${title}\n\n| name | type | what |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Metrics

What the node has at \`/metrics\`, beside what [features](features.md) measure: \`heddle_flows_*\`, \`heddle_latency_*\`,
\`heddle_firewall_*\`, \`heddle_inspection_*\`, \`heddle_shaper_*\`, \`heddle_interface_*\`. This page is generated from \`src/monitor/metrics\` by \`npm run docs\`.

${sections.join('\n')}`;
}

export function featuresPage(templates) {
  return `# Features

What Heddle's own catalogue has. \`heddle features\` lists the same with templates of your own, and \`heddle features NAME\`
prints the parameters as JSON Schema. This page is generated from \`catalogue/templates\` by \`npm run docs\`.

${templates.map(feature).join('\n')}`;
}

function feature(template) {
  const where = {
    service: 'in a service',
    chain: 'in a chain',
    application: 'at top level, between services',
  }[template.scope];
  const containers = [
    ...Object.entries(template.agents).map(([name, agent]) => [
      name,
      agent,
      agent.sharing,
      places[agent.place],
    ]),
    ...(template.collector ? [['collector', template.collector, 'none', 'one an application']] : []),
  ];
  return `## ${template.feature}

${template.title}. Asked for ${where}.

| container | where | shares | capabilities | limits | costs |
|---|---|---|---|---|---|
${containers.map(containerRow).join('\n')}

${parameters(template.parameters)}`;
}

const places = {
  replica: 'one in the pod of each replica',
  path: 'one in the path of each replica',
  from: 'one beside the service it measures from',
  to: 'one beside the service it measures to',
};

function containerRow([name, container, sharing, place]) {
  const conditional = Object.entries(container.capabilitiesIf ?? {}).map(
    ([parameter, names]) => `${names.join(', ')} if \`${parameter}\``,
  );
  const capabilities = [...container.capabilities, ...conditional].join(', ') || 'none';
  const { cpus, memory, pids } = container.limits;
  const limits = [cpus && `${cpus} core`, memory, pids && `${pids} processes`].filter(Boolean).join(', ');
  const cost = container.cost ? `${container.cost.cpu}; ${container.cost.memory}` : '';
  return `| ${name} | ${place} | ${sharing} | ${capabilities} | ${limits} | ${cell(cost)} |`;
}

function parameters({ properties = {}, required = [] }) {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const initial = required.includes(name) ? 'has to be given' : valueText(schema.default);
    return `| \`${name}\` | ${kind(schema)} | ${initial} | ${cell(schema.description ?? '')} |`;
  });
  if (rows.length === 0) return 'It has no parameters.\n';
  return `| parameter | value | default | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function kind(schema) {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(kind).join(', or ');
  if (schema.type === 'array') return 'a list';
  if (schema.type === 'object')
    return (
      Object.keys(schema.properties ?? {})
        .map((key) => `\`${key}\``)
        .join(', ') || 'an object'
    );
  const range = [schema.minimum, schema.maximum].every((bound) => bound !== undefined);
  const example = schema.examples?.[0] === undefined ? '' : `, such as \`${schema.examples[0]}\``;
  return `${schema.type}${range ? ` from ${schema.minimum} to ${schema.maximum}` : ''}${example}`;
}

function valueText(value) {
  if (value === undefined || value === '') return '';
  return `\`${typeof value === 'object' ? JSON.stringify(value) : value}\``;
}

function cell(content) {
  return content.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
