import type { TreeNode } from '../tree.ts';
import { type Part, parseTemplate, TemplateError, type Variable } from './template.ts';

/** A variable that files use, as `docker compose config --variables` tells of it. */
export interface UsedVariable {
  readonly name: string;
  readonly required: boolean;
  /** What takes its place when it has no value, as written. */
  readonly defaultValue: string;
  /** What takes its place when it has one. */
  readonly alternateValue: string;
}

/** The variables in the values of these trees, each once: the first use that says more than the name tells. */
export function usedVariables(trees: readonly TreeNode[]): UsedVariable[] {
  const found = new Map<string, UsedVariable>();
  for (const tree of trees) gather(tree, found);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function gather(node: TreeNode, into: Map<string, UsedVariable>): void {
  if (node.kind === 'map') for (const { value } of node.entries.values()) gather(value, into);
  else if (node.kind === 'seq') for (const item of node.items) gather(item, into);
  else if (typeof node.value === 'string') gatherParts(partsOf(node.value), into);
}

/** What is malformed has no variables; reading the file in earnest says so. */
function partsOf(text: string): readonly Part[] {
  try {
    return parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}

function gatherParts(parts: readonly Part[], into: Map<string, UsedVariable>): void {
  for (const part of parts) {
    if (typeof part === 'string') continue;
    const { name, operator = '', operand } = part;
    const known = into.get(name);
    if (!known || isPlain(known)) {
      into.set(name, {
        name,
        required: operator.endsWith('?'),
        defaultValue: operator.endsWith('-') ? written(operand) : '',
        alternateValue: operator.endsWith('+') ? written(operand) : '',
      });
    }
    gatherParts(operand, into);
  }
}

function isPlain({ required, defaultValue, alternateValue }: UsedVariable): boolean {
  return !required && defaultValue === '' && alternateValue === '';
}

function written(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : reference(part))).join('');
}

function reference({ name, operator, operand }: Variable): string {
  return `\${${name}${operator ?? ''}${written(operand)}}`;
}
