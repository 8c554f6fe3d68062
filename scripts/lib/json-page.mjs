// The page that says what `--format json` prints: the types in the code, with all that they refer to.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './setup.mjs';

/** Command, the type of one element of the array that it prints, and where that type stands. */
const commands = [
  ['ps', 'ContainerStatus', 'src/api/messages.ts'],
  ['ls', 'ApplicationSummary', 'src/api/messages.ts'],
  ['top', 'ContainerProcesses', 'src/api/handling.ts'],
  ['stats', 'ContainerStats', 'src/api/handling.ts'],
  ['events', 'ContainerEvent', 'src/api/handling.ts'],
  ['flows', 'FlowRecord', 'src/monitor/flows/record.ts'],
  ['flows --top', 'Talkers', 'src/monitor/flows/record.ts'],
  ['latency', 'LatencyRecord', 'src/monitor/latency/record.ts'],
  ['firewall', 'FirewallCounter', 'src/monitor/firewall/record.ts'],
  ['firewall --denied', 'Denial', 'src/monitor/firewall/record.ts'],
  ['firewall suggest', 'Suggestion', 'src/monitor/firewall/record.ts'],
  ['snmp', 'InterfaceRecord', 'src/monitor/snmp/record.ts'],
  ['snmp system', 'SystemRecord', 'src/monitor/snmp/record.ts'],
  ['snmp processes', 'ProcessRecord', 'src/monitor/snmp/record.ts'],
  ['snmp resources', 'ResourceRecord', 'src/monitor/snmp/record.ts'],
  ['snmp get, walk, set', 'ObjectRecord', 'src/monitor/snmp/record.ts'],
  ['images', 'ContainerImage', 'src/api/messages.ts'],
  ['cost', 'CostRow', 'src/monitor/cost/record.ts'],
  ['inspect', 'InspectRecord', 'src/monitor/inspect/record.ts'],
  ['doctor', 'Finding', 'src/node/doctor/finding.ts'],
];

export function jsonPage() {
  const told = new Map();
  const sections = commands.map(([command, type, file]) => {
    const declarations = withReferences(type, path.join(root, file), told, `heddle ${command}`);
    return `## heddle ${command}\n\n${declarations}`;
  });
  return `# What \`--format json\` prints

An array with one element a row, \`[]\` when there is nothing. Fields are added, never renamed or removed, within a major
version; a field that does not apply is \`null\` or, where marked with \`?\`, absent. This page is generated from the code
by \`npm run docs\`.

${sections.join('\n')}`;
}

/** The declaration of a type and of those it refers to; those that an earlier section has are only named. */
function withReferences(type, file, told, section) {
  const blocks = [];
  const before = [];
  const visit = (name, from) => {
    const found = find(name, from);
    if (!found) return;
    if (told.has(name)) {
      if (told.get(name) !== section) before.push(`\`${name}\` is as under *${told.get(name)}*.`);
      return;
    }
    told.set(name, section);
    blocks.push(textOf(found.node, found.source));
    for (const reference of references(found.node)) visit(reference, found.file);
  };
  visit(type, file);
  const code = blocks.length > 0 ? `\`\`\`ts\n${blocks.join('\n\n')}\n\`\`\`\n` : '';
  return `${code}${before.length > 0 ? `\n${[...new Set(before)].join(' ')}\n` : ''}`;
}

/** Where a type is declared: in the file, or in one that it imports it from. */
function find(name, file) {
  const source = parse(file);
  for (const node of source.statements) {
    const declares = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
    if (declares && node.name.text === name) return { node, source, file };
    const names = ts.isImportDeclaration(node) ? (node.importClause?.namedBindings?.elements ?? []) : [];
    if (names.some((one) => one.name.text === name)) {
      return find(name, path.resolve(path.dirname(file), node.moduleSpecifier.text));
    }
  }
  return undefined;
}

const parsed = new Map();
function parse(file) {
  if (!parsed.has(file)) {
    parsed.set(file, ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  }
  return parsed.get(file);
}

function references(node) {
  const names = [];
  const visit = (child) => {
    if (ts.isTypeReferenceNode(child) && ts.isIdentifier(child.typeName)) names.push(child.typeName.text);
    if (ts.isExpressionWithTypeArguments(child) && ts.isIdentifier(child.expression))
      names.push(child.expression.text);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return names;
}

function textOf(node, source) {
  const full = source.text.slice(node.getFullStart(), node.getEnd()).trim();
  return full.replaceAll('export ', '').replaceAll('readonly ', '');
}
