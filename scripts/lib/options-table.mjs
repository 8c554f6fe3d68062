// What a JSON Schema takes, as a table of Markdown.

export function optionsTable(schema) {
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
    const values = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
    return [
      row,
      ...rowsOf(schema.items ?? {}, `${full}[].`),
      ...rowsOf(schema, `${full}.`),
      ...rowsOf(values, `${full}.NAME.`),
    ];
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

export function code(value) {
  return `\`${value}\``;
}

function cell(content) {
  return content.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
