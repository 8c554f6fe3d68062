import type { ErrorCode } from '../lib/error-codes.ts';
import type * as z from '../lib/zod.ts';
import type { Findings } from './findings.ts';
import { type ComposeFile, composeFile } from './schema/compose-file.ts';
import type { IssueParams } from './schema/values.ts';
import {
  formatPath,
  locateKey,
  locateValue,
  type MapNode,
  type Path,
  type TreeNode,
  toPlain,
} from './tree.ts';

type Issue = z.core.$ZodIssue;
/** What is wrong at one place, and which key to go on without. */
interface Problem {
  readonly path: Path;
  readonly report?: () => void;
  /** Whether it is only pointed out: the file is taken all the same. */
  readonly isHarmless?: boolean;
}

/**
 * Holds the tree against the schema. What is wrong is reported and taken out, so that the steps after this
 * one see the rest, and the reader hears of their findings too.
 */
export function check(tree: MapNode, findings: Findings): ComposeFile {
  refuseReserved(tree, findings);
  const plain = toPlain(tree) as Record<string, unknown>;
  const removed = new Set<string>();
  /** Where something wrong was taken out: what is wrong with the rest may follow from that, and the file is refused anyway. */
  const maimed = new Set<string>();
  for (;;) {
    const result = composeFile.safeParse(plain, { error: describeType });
    if (result.success) return result.data;
    let progress = false;
    const found = result.error.issues.flatMap((issue) => problems(issue, tree, findings));
    const news = found.filter(({ path }) => !maimed.has(formatPath(path)));
    for (const { report, path } of news) {
      const name = formatPath(path);
      // That a value is missing is no news when it was taken out in the round before.
      if (!removed.has(name)) report?.();
      removed.add(name);
    }
    for (const { path, isHarmless } of found) {
      const taken = remove(plain, path);
      if (taken && !isHarmless) maimed.add(formatPath(taken.slice(0, -1)));
      progress ||= taken !== undefined;
    }
    if (!progress) return {};
  }
}

/** The one key that no object of JavaScript has as a key of its own like any other. */
const RESERVED = '__proto__';

/** A list or an environment file may name what a YAML key may not. */
function refuseReserved(node: TreeNode, findings: Findings, path: (string | number)[] = []): void {
  if (node.kind === 'scalar') return;
  if (node.kind === 'seq') {
    for (const [i, item] of node.items.entries()) {
      path.push(i);
      refuseReserved(item, findings, path);
      path.pop();
    }
    return;
  }
  for (const [key, { keyAt, value }] of node.entries) {
    path.push(key);
    if (key === RESERVED)
      findings.error(
        'ERR_COMPOSE_TYPE',
        `${formatPath(path)}: this name is reserved`,
        keyAt,
        'choose another',
      );
    else refuseReserved(value, findings, path);
    path.pop();
  }
}

function problems(issue: Issue, tree: MapNode, findings: Findings, above: Path = []): Problem[] {
  const path = [...above, ...(issue.path as Path)];
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path, tree, findings);
  if (issue.code === 'invalid_key') {
    const why = issue.issues[0]?.message ?? issue.message;
    const report = () =>
      findings.error('ERR_COMPOSE_TYPE', `${formatPath(path)}: ${why}`, locateKey(tree, path));
    return [{ path, report }];
  }
  const nested = issue.code === 'invalid_union' ? meantBranch(issue) : undefined;
  if (nested) return nested.flatMap((inner) => problems(inner, tree, findings, path));
  const verdict = issue.code === 'custom' ? (issue.params as IssueParams | undefined) : undefined;
  const report = () => reportIssue(issue.message, verdict?.code, path, tree, findings);
  return [{ path, report, isHarmless: isWarning(verdict?.code) }];
}

function reportIssue(
  message: string,
  code: ErrorCode | undefined,
  path: Path,
  tree: MapNode,
  findings: Findings,
): void {
  if (code === undefined) {
    findings.error('ERR_COMPOSE_TYPE', `${formatPath(path)}: ${message}`, locateValue(tree, path));
    return;
  }
  const say = isWarning(code) ? findings.warn : findings.error;
  say.call(findings, code, `${formatPath(path)} ${message}`, locateKey(tree, path));
}

function isWarning(code: ErrorCode | undefined): boolean {
  return code?.startsWith('WARN') ?? false;
}

/** Keys of other tools, `x-…`, are nobody's business here; `x-heddle` has its places. */
function unknownKeys(
  issue: Issue & { code: 'unrecognized_keys' },
  path: Path,
  tree: MapNode,
  findings: Findings,
): Problem[] {
  const hints = issue.message.split('\n');
  return issue.keys.map((key, i): Problem => {
    const full = [...path, key];
    const underHeddle = path.includes('x-heddle');
    if (key.startsWith('x-') && key !== 'x-heddle' && !underHeddle) return { path: full, isHarmless: true };
    const what = underHeddle ? 'Heddle does not know this key' : 'this key is not part of the syntax';
    const message = key === 'x-heddle' ? 'Heddle has nothing to be told here' : what;
    return {
      path: full,
      report: () =>
        findings.error(
          'ERR_COMPOSE_UNKNOWN_KEY',
          `${formatPath(full)}: ${message}`,
          locateKey(tree, full),
          key === 'x-heddle' ? undefined : hints[i] || undefined,
        ),
    };
  });
}

/** Of several forms, the one whose type the value has; its own issues say more than "none fits". */
function meantBranch(issue: Issue & { code: 'invalid_union' }): Issue[] | undefined {
  return issue.errors.find((branch) => branch.every((inner) => inner.path.length > 0)) as Issue[] | undefined;
}

/** Messages for plain type errors; schemas override them where they know better. */
function describeType(issue: z.core.$ZodRawIssue): string | undefined {
  const got = nameOf(issue.input);
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `${nameOfExpected(String(issue.expected))} is missing`
        : `expected ${nameOfExpected(String(issue.expected))}, got ${got}`;
    case 'invalid_union': {
      const branches = (issue.errors as Issue[][]).flat();
      const expected = branches.flatMap((inner) =>
        inner.code === 'invalid_type' ? [nameOfExpected(inner.expected)] : [],
      );
      const list = [...new Set(expected)].join(' or ');
      return issue.input === undefined ? `${list} is missing` : `expected ${list}, got ${got}`;
    }
    case 'invalid_value':
      return `expected ${(issue.values as unknown[]).join(' or ')}, got ${got}`;
    case 'invalid_format':
      return `${got} has the wrong form`;
    default:
      return undefined;
  }
}

function nameOfExpected(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    object: 'a map',
    record: 'a map',
    array: 'a list',
    boolean: 'true or false',
    number: 'a number',
    int: 'a whole number',
    null: 'nothing',
  };
  return names[type] ?? type;
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const shown = JSON.stringify(value);
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}

/**
 * Takes the value at `path` out, or the nearest thing above it that exists. Of a list the whole: positions
 * of later findings have to stay true.
 * @returns what was taken out
 */
function remove(plain: Record<string, unknown>, path: Path): Path | undefined {
  const last = path.findLastIndex((step) => typeof step === 'string');
  const keys = last === -1 ? [] : path.slice(0, last + 1);
  let holder: { from: Record<string, unknown>; key: string; depth: number } | undefined;
  let current: unknown = plain;
  for (const [depth, step] of keys.entries()) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) break;
    if (typeof step === 'string') holder = { from: current as Record<string, unknown>, key: step, depth };
    current = (current as Record<string, unknown>)[step];
  }
  if (!holder) return undefined;
  delete holder.from[holder.key];
  return keys.slice(0, holder.depth + 1);
}
