// The page that says what `--format json` prints: the schemas of the API, as types.

import * as z from '../../src/lib/zod.ts';
import { finding } from '../../src/node/doctor/finding.ts';

/** Command, and the name of the type of one element of the array that it prints. */
const commands = [
  ['ps', 'ContainerStatus'],
  ['ls', 'ApplicationSummary'],
  ['top', 'ContainerProcesses'],
  ['stats', 'ContainerStats'],
  ['events', 'ContainerEvent'],
  ['flows', 'FlowRecord'],
  ['flows --top', 'Talkers'],
  ['latency', 'LatencyRecord'],
  ['firewall', 'FirewallCounter'],
  ['firewall --denied', 'Denial'],
  ['firewall suggest', 'Suggestion'],
  ['inspection', 'InspectionRecord'],
  ['shaper', 'ShaperRecord'],
  ['snmp', 'InterfaceRecord'],
  ['snmp system', 'SystemRecord'],
  ['snmp processes', 'ProcessRecord'],
  ['snmp resources', 'ResourceRecord'],
  ['snmp get, walk, set', 'ObjectRecord'],
  ['images', 'ContainerImage'],
  ['cost', 'CostRow'],
  ['net archetypes', 'Archetype'],
  ['net ls', 'Network'],
  ['net stats', 'NetworkCounters'],
  ['net flows', 'NetworkFlow'],
  ['net trace', 'Trace'],
  ['endpoint ls', 'Endpoint'],
  ['chain ls', 'ChainStatus'],
  ['inspect', 'InspectRecord'],
  ['node logs', 'NodeLogLine'],
  ['doctor', 'Finding'],
];

/** `schemas`: JSON Schemas by the names of their types. */
export function jsonPage(schemas) {
  const known = { ...schemas, ...z.toJSONSchema(finding).$defs };
  const told = new Map();
  const sections = commands.map(([command, type]) => {
    return `## heddle ${command}\n\n${withReferences(type, known, told, `heddle ${command}`)}`;
  });
  return `# What \`--format json\` prints

An array with one element a row, \`[]\` when there is nothing. Fields are added, never renamed or removed, within a major
version; a field that does not apply is \`null\` or, where marked with \`?\`, absent. This page is generated from the code
by \`npm run docs\`.

${sections.join('\n')}`;
}

/** The declaration of a type and of those it refers to; those that an earlier section has are only named. */
function withReferences(type, schemas, told, section) {
  const blocks = [];
  const before = [];
  const visit = (name) => {
    if (told.has(name)) {
      if (told.get(name) !== section) before.push(`\`${name}\` is as under *${told.get(name)}*.`);
      return;
    }
    told.set(name, section);
    const { description, ...schema } = schemas[name];
    blocks.push(`${comment(description, '')}interface ${name} ${typeText(schema, '')}`);
    for (const [, reference] of JSON.stringify(schema).matchAll(/"\$ref":"[^"]*\/([^"/]+)"/g))
      visit(reference);
  };
  visit(type);
  const code = blocks.length > 0 ? `\`\`\`ts\n${blocks.join('\n\n')}\n\`\`\`\n` : '';
  return `${code}${before.length > 0 ? `\n${[...new Set(before)].join(' ')}\n` : ''}`;
}

/** A JSON Schema as TypeScript writes it. */
function typeText(schema, indent) {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((one) => typeText(one, indent)).join(' | ');
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeText({ ...schema, type }, indent)).join(' | ');
  if (schema.type === 'array') {
    const items = typeText(schema.items, indent);
    return items.includes(' | ') ? `(${items})[]` : `${items}[]`;
  }
  if (schema.type !== 'object') return schema.type === 'integer' ? 'number' : (schema.type ?? 'unknown');
  if (!schema.properties) {
    const key = schema.propertyNames ? typeText(schema.propertyNames, indent) : 'string';
    return `Record<${key}, ${typeText(schema.additionalProperties ?? {}, indent)}>`;
  }
  const inner = `${indent}  `;
  const fields = Object.entries(schema.properties).map(([name, one]) => {
    const mark = schema.required?.includes(name) ? '' : '?';
    return `${comment(one.description, inner)}${inner}${name}${mark}: ${typeText(one, inner)};\n`;
  });
  return `{\n${fields.join('')}${indent}}`;
}

function comment(text, indent) {
  return text === undefined ? '' : `${indent}/** ${text} */\n`;
}
