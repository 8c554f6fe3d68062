import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { type ReadLimit, readBounded } from '../../lib/read-bounded.ts';
import { parseYaml, placesIn, type YamlFile } from '../../lib/yaml.ts';
import { type EdgeModel, type EdgeService, serviceKey } from '../model/model.ts';
import { checkEdgeFile, type EdgeFileHead } from './static.ts';
import { type BlocksChange, YamlBlocks } from './yaml-blocks.ts';

/** Room for a hundred thousand services. */
const limit: ReadLimit = { bytes: 32 << 20 };
/** What a command writes (`-f <(command)`) has to be there soon, and is read once: later others would wait for it. */
const firstLimit: ReadLimit = { ...limit, pipe: 5000 };

/** A service as it is written, and what it was found to be. */
interface Checked {
  readonly written: unknown;
  readonly service: EdgeService;
}

/** What an edge file says now that it did not say before. */
export interface EdgeFileChange {
  readonly head: EdgeFileHead;
  /** Whether that may be different. */
  readonly isHeadChanged: boolean;
  /** By key as in the model; nothing: it is there no more. */
  readonly services: ReadonlyMap<string, EdgeService | undefined>;
}

/**
 * Reads an edge file, again whenever it changed. What of it is as it was is not checked anew: a service that was right is
 * right as long as the sites and nodes that it may name are the same. It is the same object then. A file that is wrong counts
 * as not read.
 */
export class EdgeFileReader {
  readonly #file: string;
  readonly #site: string | undefined;
  readonly #yaml = new YamlBlocks();
  /** All of the file but services, as it is written, and what it was found to be. */
  #rest: unknown;
  #head: EdgeFileHead | undefined;
  /** By key, as the file writes it; all are right. */
  readonly #checked = new Map<string, Checked>();
  /** By key as in the model, the key in the file. */
  readonly #written = new Map<string, string>();
  /** What was written differently since the file was right, by key in the file; nothing: that is not known. */
  #pending: Map<string, unknown> | undefined;
  /** What the blocks were beside, and without services. */
  #blocksRest: object | undefined;
  #blocksHead: Record<string, unknown> = {};
  #order: () => readonly string[] = () => [];
  /** What is read into next, and what was last: a file may be large, and is read for every change of it. */
  #buffers: readonly [Buffer | undefined, Buffer | undefined] = [undefined, undefined];

  /** @param site that the file has to have */
  constructor(file: string, site?: string) {
    this.#file = file;
    this.#site = site;
  }

  /**
   * All that the file says. Costs what there is.
   * @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE, ERR_EDGE_FILE
   */
  read(): EdgeModel {
    const { head } = this.readChange();
    const services = this.#order().map((key): [string, EdgeService] => {
      const { service } = this.#checked.get(key) as Checked;
      return [serviceKey(service), service];
    });
    return { ...head, services: Object.fromEntries(services) };
  }

  /**
   * What the file says that it did not say before; the first time, all.
   * @throws as `read`
   */
  readChange(): EdgeFileChange {
    const name = path.relative(process.cwd(), this.#file) || this.#file;
    const bytes = this.#bytes();
    const blocks = this.#yaml.read(bytes);
    if (blocks) return this.#takeBlocks(blocks, bytes, name);
    const yaml = readWhole(bytes.toString(), name);
    this.#pending = undefined;
    const { services: written, ...rest } = asRecord(yaml.value) ?? {};
    const services = asRecord(written);
    const all = new Map(Object.entries(services ?? {}));
    if (!services) checkEdgeFile(yaml, name);
    const change = this.#take(rest, this.#differences(all), yaml, name);
    this.#order = () => [...all.keys()];
    return change;
  }

  #takeBlocks({ rest, services }: BlocksChange, bytes: Buffer, name: string): EdgeFileChange {
    if (this.#blocksRest !== rest) {
      const { services: _, ...written } = rest as Record<string, unknown>;
      this.#blocksRest = rest;
      this.#blocksHead = written;
    }
    const pending = new Map([...(this.#pending ?? this.#notIn(this.#yaml.keys())), ...services]);
    this.#pending = pending;
    let at: YamlFile['at'] | undefined;
    const yaml: YamlFile = {
      value: undefined,
      problems: [],
      at: (where) => {
        at ??= placesIn(bytes.toString(), name);
        return at(where);
      },
    };
    const change = this.#take(this.#blocksHead, pending, yaml, name);
    this.#pending = new Map();
    this.#order = () => this.#yaml.keys();
    return change;
  }

  /** Those that were read before and are not among these: all of these are told anew. */
  #notIn(keys: readonly string[]): [string, undefined][] {
    const now = new Set(keys);
    return [...this.#checked.keys()].filter((key) => !now.has(key)).map((key) => [key, undefined]);
  }

  #differences(all: ReadonlyMap<string, unknown>): Map<string, unknown> {
    const others = [...all].filter(([key, value]) => {
      const before = this.#checked.get(key);
      return !before || !isDeepStrictEqual(before.written, value);
    });
    return new Map([...this.#notIn([...all.keys()]), ...others]);
  }

  /**
   * Checks what is written differently, and takes it if all of it is right.
   * @param changed by key in the file
   */
  #take(
    rest: Record<string, unknown>,
    changed: ReadonlyMap<string, unknown>,
    yaml: YamlFile,
    name: string,
  ): EdgeFileChange {
    const isHeadChanged = !this.#head || !isDeepStrictEqual(rest, this.#rest);
    // Which sites and nodes there are decides whether a service is right.
    const written = new Map(changed);
    if (isHeadChanged)
      for (const [key, one] of this.#checked) if (!written.has(key)) written.set(key, one.written);
    const there = [...written].filter(([, value]) => value !== undefined);
    const value = { ...rest, services: Object.fromEntries(there) };
    const known = isHeadChanged ? undefined : this.#head;
    const { services, ...head } = checkEdgeFile({ ...yaml, value }, name, known);
    this.#expectSite(head);
    // Services keep their order.
    const found = Object.values(services);
    const checked = Object.keys(value.services).map(
      (key, index) => [key, found[index] as EdgeService] as const,
    );
    this.#expectDistinct(written, checked, rest, yaml, name);
    this.#rest = rest;
    this.#head = head;
    return { head, isHeadChanged, services: this.#accept(written, new Map(checked)) };
  }

  #accept(
    written: ReadonlyMap<string, unknown>,
    found: ReadonlyMap<string, EdgeService>,
  ): Map<string, EdgeService | undefined> {
    const change = new Map<string, EdgeService | undefined>();
    for (const key of written.keys()) {
      const before = this.#checked.get(key)?.service;
      if (!before) continue;
      this.#checked.delete(key);
      this.#written.delete(serviceKey(before));
      change.set(serviceKey(before), undefined);
    }
    for (const [key, service] of found) {
      this.#checked.set(key, { written: written.get(key), service });
      this.#written.set(serviceKey(service), key);
      change.set(serviceKey(service), service);
    }
    return change;
  }

  #expectSite(head: EdgeFileHead): void {
    const site = this.#site;
    if (site === undefined || Object.hasOwn(head.sites, site)) return;
    const hint = didYouMean(site, Object.keys(head.sites));
    throw new HeddleError('ERR_EDGE_FILE', `${this.#file} has no site "${site}"`, { hint });
  }

  /** Whether two are one cannot be seen from one of them. */
  #expectDistinct(
    written: ReadonlyMap<string, unknown>,
    found: readonly (readonly [key: string, service: EdgeService])[],
    rest: object,
    yaml: YamlFile,
    name: string,
  ): void {
    const isTaken = found.some(([, service]) => {
      const other = this.#written.get(serviceKey(service));
      return other !== undefined && !written.has(other);
    });
    if (!isTaken) return;
    const others = [...this.#checked].filter(([key]) => !written.has(key));
    const all = [...others.map(([key, one]) => [key, one.written] as const), ...written];
    const services = Object.fromEntries(all.filter(([, value]) => value !== undefined));
    checkEdgeFile({ ...yaml, value: { ...rest, services } }, name);
  }

  #bytes(): Buffer {
    const [into] = this.#buffers;
    try {
      const bytes = readBounded(this.#file, { ...(this.#head === undefined ? firstLimit : limit), into });
      // What was read before is compared with this.
      this.#buffers = [this.#buffers[1], Buffer.from(bytes.buffer)];
      return bytes;
    } catch (cause) {
      if (isHeddleError(cause)) throw cause;
      throw new HeddleError('ERR_FILE_NOT_FOUND', `${this.#file}: ${(cause as Error).message}`, { cause });
    }
  }
}

/** Most bytes that YAML may have; what is JSON word by word is read a hundred times as fast. */
const jsonAtMost = 2 << 20;

function readWhole(text: string, file: string): YamlFile {
  const value = text.startsWith('{') && text.length <= jsonAtMost ? jsonOf(text.trimEnd()) : undefined;
  return value === undefined ? parseYaml(text, file) : { value, problems: [], at: placesIn(text, file) };
}

/** What a program wrote as JSON; nothing when it may mean something else in YAML, such as a key that is there twice. */
function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : undefined;
}
