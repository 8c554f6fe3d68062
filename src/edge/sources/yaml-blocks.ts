import { parseYaml } from '../../lib/yaml.ts';
import { commonEnds } from './common-ends.ts';

/** The line that begins the services, one that begins a service, and one that says nothing by itself. */
const section = /^services: *(?:#.*)?$/;
const entry = /^ {2}[a-z0-9][a-z0-9./-]*:(?= |$)/;
const silent = /^ *(?:#.*)?$/;
const deeper = /^ {3}/;
/** A directive or an anchor changes what another part of the text means. */
const afar = /^%|&/m;

/** One service: its own lines, and what they say. */
interface Block {
  readonly key: string;
  readonly value: unknown;
  /** In bytes. */
  readonly length: number;
}

/** What was read last. */
interface State {
  readonly bytes: Buffer;
  /** Where the first service begins. */
  readonly start: number;
  readonly blocks: Block[];
  /** All but the services. */
  readonly rest: object;
}

/** What a text says, by what it said when it was read last. */
export interface BlocksChange {
  /** All but the services; the same object as long as nothing but services changed. */
  readonly rest: object;
  /** Services that became different, by key; nothing: it is there no more. */
  readonly services: ReadonlyMap<string, unknown>;
}

/**
 * Reads a text in YAML again and again, at the cost of the services that changed. Only where each service begins on a line of
 * its own, by the plain form that people write, and everything reads without a fault when it stands by itself; otherwise the
 * text is to be read as a whole. Parsing YAML takes a hundred times as long as comparing it.
 */
export class YamlBlocks {
  #state: State | undefined;

  /** The keys of all services, in the order of the text. */
  keys(): string[] {
    return this.#state?.blocks.map(({ key }) => key) ?? [];
  }

  /** @returns nothing when the text is not of the plain form; the next time, all of it counts as changed */
  read(bytes: Buffer): BlocksChange | undefined {
    const before = this.#state;
    const change = (before && this.#readPart(bytes, before)) ?? this.#readWhole(bytes, before);
    if (!change) this.#state = undefined;
    return change;
  }

  /** Looks at the services that bytes changed of; nothing when that is not all. */
  #readPart(bytes: Buffer, before: State): BlocksChange | undefined {
    const { head, tail } = commonEnds(before.bytes, bytes);
    const { blocks, rest, start: begin } = before;
    const [from, to] = [head, before.bytes.length - tail];
    // With a neighbour at each side, whose ends of lines are certain.
    let [first, start, last, end] = [0, begin, -1, begin];
    for (const { length } of blocks) {
      if (end > to) break;
      last++;
      if (end + length < from) {
        first = last;
        start = end;
      }
      end += length;
    }
    if (from < begin || to > end) return undefined;
    const grown = bytes.length - before.bytes.length;
    const old = blocks.slice(first, last + 1);
    const found = blocksIn(bytes.subarray(start, end + grown), byLines(before.bytes, start, old));
    const isEnded = end + grown === bytes.length || bytes[end + grown - 1] === lineEnd;
    const services =
      found && isEnded && found.length - old.length + blocks.length > 0 && changeOf(old, found);
    if (!services) return undefined;
    const had = new Set(old.map(({ key }) => key));
    const come = new Set(found.flatMap(({ key }) => (had.has(key) ? [] : [key])));
    const isElsewhere = ({ key }: Block, index: number) => (index < first || index > last) && come.has(key);
    if (come.size > 0 && blocks.some(isElsewhere)) return undefined;
    // There may be many, and others stay.
    blocks.splice(first, old.length, ...found);
    this.#state = { bytes, start: begin, blocks, rest };
    return { rest, services };
  }

  #readWhole(bytes: Buffer, before: State | undefined): BlocksChange | undefined {
    const split = splitServices(bytes.toString('latin1'));
    if (!split) return undefined;
    const [start, end] = [split.start, split.end];
    const rest = mappingIn(Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]).toString());
    // What looked like the beginning of services is that only if they are what is missing.
    if (!rest || rest['services'] !== null) return undefined;
    const known = before && byLines(before.bytes, before.start, before.blocks);
    const blocks = blocksIn(bytes.subarray(start, end), known);
    const services = blocks && changeOf(before?.blocks ?? [], blocks);
    if (!services) return undefined;
    this.#state = { bytes, start, blocks, rest };
    return { rest, services };
  }
}

/** What became of services; nothing when there are two of one key, which is a fault of the whole. */
function changeOf(old: readonly Block[], now: readonly Block[]): Map<string, unknown> | undefined {
  const before = new Map(old.map((block) => [block.key, block.value]));
  const keys = new Set(now.map(({ key }) => key));
  if (keys.size < now.length) return undefined;
  const services = new Map<string, unknown>();
  for (const key of before.keys()) if (!keys.has(key)) services.set(key, undefined);
  for (const { key, value } of now)
    if (!before.has(key) || before.get(key) !== value) services.set(key, value);
  return services;
}

/** Services by their own lines. */
function byLines(bytes: Buffer, start: number, blocks: readonly Block[]): Map<string, Block> {
  let end = start;
  return new Map(
    blocks.map((block) => {
      const begin = end;
      end += block.length;
      return [bytes.toString('latin1', begin, end), block];
    }),
  );
}

const lineEnd = '\n'.charCodeAt(0);

/** What a text says; nothing when it is not a mapping without a fault. */
function mappingIn(text: string): Record<string, unknown> | undefined {
  const { value, problems } = parseYaml(text, '');
  const isMapping = problems.length === 0 && typeof value === 'object' && value !== null;
  return isMapping && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** The services of a part of the text that has nothing else; nothing when one does not read by itself. */
function blocksIn(bytes: Buffer, known?: ReadonlyMap<string, Block>): Block[] | undefined {
  const text = bytes.toString('latin1');
  const lengths = lengthsIn(text);
  if (!lengths || afar.test(text)) return undefined;
  const blocks: Block[] = [];
  let at = 0;
  for (const length of lengths) {
    const block =
      known?.get(text.slice(at, at + length)) ?? blockOf(bytes.toString('utf8', at, at + length), length);
    if (!block) return undefined;
    blocks.push(block);
    at += length;
  }
  return blocks;
}

function blockOf(lines: string, length: number): Block | undefined {
  const services = mappingIn(`services:\n${lines}`)?.['services'];
  if (!services || typeof services !== 'object') return undefined;
  const [[key, value] = ['', undefined], ...more] = Object.entries(services);
  return more.length > 0 ? undefined : { key, value, length };
}

/** How long each service's lines are; nothing when there are others. */
function lengthsIn(text: string): number[] | undefined {
  const lengths: number[] = [];
  let at = 0;
  for (const line of linesOf(text)) {
    if (entry.test(line.text)) lengths.push(0);
    else if (lengths.length === 0 || !(silent.test(line.text) || deeper.test(line.text))) return undefined;
    lengths[lengths.length - 1] = (lengths.at(-1) as number) + line.end - at;
    at = line.end;
  }
  return lengths;
}

function* linesOf(
  text: string,
): Generator<{ readonly text: string; readonly start: number; readonly end: number }> {
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found + 1;
    yield { text: text.slice(start, found < 0 ? end : found), start, end };
    start = end;
  }
}

/** Where the services are in a text; nothing when a line is not of the plain form. */
function splitServices(text: string): { readonly start: number; readonly end: number } | undefined {
  if (afar.test(text)) return undefined;
  let [isIn, start, end] = [false, -1, -1];
  for (const line of linesOf(text)) {
    if (!isIn) isIn = section.test(line.text);
    else if (start < 0 && entry.test(line.text)) [start, end] = [line.start, line.end];
    else if (silent.test(line.text) || (start >= 0 && (entry.test(line.text) || deeper.test(line.text)))) {
      if (start >= 0) end = line.end;
    } else if (start < 0 || /^\s/.test(line.text)) return undefined;
    else break;
  }
  // What is indented, but not as a service is, belongs to something else.
  return start < 0 ? undefined : { start, end };
}
