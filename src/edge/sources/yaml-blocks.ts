import { parseYaml, placesIn, type YamlFile } from '../../lib/yaml.ts';

/** The line that begins the services, one that begins a service, and one that says nothing by itself. */
const section = /^services: *(?:#.*)?$/;
const entry = /^ {2}[a-z0-9][a-z0-9./-]*:(?= |$)/;
const silent = /^ *(?:#.*)?$/;
const deeper = /^ {3}/;
/** A directive or an anchor changes what another part of the text means. */
const afar = /^%|&/m;

interface Split {
  /** The text without its services. */
  readonly rest: string;
  /** Each service's own lines. */
  readonly services: readonly string[];
}

/**
 * Reads a text in YAML again and again: a service whose lines are as they were is what it was. Only where each service
 * begins on a line of its own, by the plain form that people write, and everything reads without a fault when it stands by
 * itself; otherwise the text is read as a whole. Parsing YAML takes a hundred times as long as comparing it.
 */
export class YamlBlocks {
  /** By a service's lines, what they say: an object with one key. */
  #known = new Map<string, object>();

  read(text: string, file: string): YamlFile {
    const split = afar.test(text) ? undefined : splitServices(text);
    const value = split && this.#join(split, file);
    if (value === undefined) return parseYaml(text, file);
    return { value, problems: [], at: placesIn(text, file) };
  }

  #join({ rest, services }: Split, file: string): object | undefined {
    const whole = blockOf(rest, file);
    // What looked like the beginning of services is that only if they are what is missing.
    if (!whole || whole['services'] !== null) return undefined;
    const now = new Map<string, object>();
    const joined = new Map<string, unknown>();
    for (const lines of services) {
      const block = this.#known.get(lines) ?? blockOf(`services:\n${lines}`, file)?.['services'];
      if (!block || typeof block !== 'object') return undefined;
      const [[key, value] = ['', undefined], ...more] = Object.entries(block);
      if (more.length > 0 || joined.has(key)) return undefined;
      now.set(lines, block);
      joined.set(key, value);
    }
    this.#known = now;
    return { ...whole, services: Object.fromEntries(joined) };
  }
}

/** What a text says; nothing when it is not a mapping without a fault. */
function blockOf(text: string, file: string): Record<string, unknown> | undefined {
  const { value, problems } = parseYaml(text, file);
  const isMapping = problems.length === 0 && typeof value === 'object' && value !== null;
  return isMapping && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** Nothing when a line is not of the plain form. */
function splitServices(text: string): Split | undefined {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => section.test(line)) + 1;
  if (begin === 0) return undefined;
  const services: string[][] = [];
  let end = begin;
  for (; end < lines.length; end++) {
    const line = lines[end] as string;
    if (entry.test(line)) services.push([line]);
    else if (silent.test(line) || (services.length > 0 && deeper.test(line))) services.at(-1)?.push(line);
    else break;
  }
  // What is indented, but not as a service is, belongs to something else.
  if (services.length === 0 || /^\s/.test(lines[end] ?? '')) return undefined;
  const rest = [...lines.slice(0, begin), ...lines.slice(end)].join('\n');
  // The end of the text is not the end of a line.
  if (end < lines.length) services.at(-1)?.push('');
  const isLast = (index: number) => index === services.length - 1;
  return { rest, services: services.map((own, index) => own.join('\n') + (isLast(index) ? '' : '\n')) };
}
