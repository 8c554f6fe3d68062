import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { type ReadLimit, readBounded } from '../../lib/read-bounded.ts';
import type { YamlFile } from '../../lib/yaml.ts';
import { type EdgeModel, type EdgeService, serviceKey } from '../model/model.ts';
import { checkEdgeFile } from './static.ts';
import { YamlBlocks } from './yaml-blocks.ts';

/** Room for a hundred thousand services. */
const limit: ReadLimit = { bytes: 32 << 20 };
/** What a command writes (`-f <(command)`) has to be there soon, and is read once: later others would wait for it. */
const firstLimit: ReadLimit = { ...limit, pipe: 5000 };

/** A service as it is written, and what it was found to be. */
interface Checked {
  readonly written: unknown;
  readonly service: EdgeService;
}

/**
 * Reads an edge file, again whenever it changed. What of it is as it was is not checked anew: a service that was right is
 * right as long as the sites and nodes that it may name are the same. It is the same object then.
 */
export class EdgeFileReader {
  readonly #file: string;
  readonly #site: string | undefined;
  readonly #yaml = new YamlBlocks();
  /** All of the file but services. */
  #rest: unknown;
  /** By key, as the file writes it. */
  #checked: ReadonlyMap<string, Checked> = new Map();

  /** @param site that the file has to have */
  constructor(file: string, site?: string) {
    this.#file = file;
    this.#site = site;
  }

  /** @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE, ERR_EDGE_FILE */
  read(): EdgeModel {
    const file = path.relative(process.cwd(), this.#file) || this.#file;
    const yaml = this.#yaml.read(this.#text(), file);
    const model = this.#check(yaml, file);
    const site = this.#site;
    if (site !== undefined && !Object.hasOwn(model.sites, site)) {
      const hint = didYouMean(site, Object.keys(model.sites));
      throw new HeddleError('ERR_EDGE_FILE', `${this.#file} has no site "${site}"`, { hint });
    }
    return model;
  }

  #text(): string {
    try {
      return readBounded(this.#file, this.#rest === undefined ? firstLimit : limit).toString();
    } catch (cause) {
      if (isHeddleError(cause)) throw cause;
      throw new HeddleError('ERR_FILE_NOT_FOUND', `${this.#file}: ${(cause as Error).message}`, { cause });
    }
  }

  #check(yaml: YamlFile, file: string): EdgeModel {
    const { services: written, ...rest } = asRecord(yaml.value) ?? {};
    const services = asRecord(written);
    if (!services) return checkEdgeFile(yaml, file);
    const known = isDeepStrictEqual(rest, this.#rest) ? this.#checked : new Map<string, Checked>();
    const isKnown = ([key, value]: [string, unknown]) => {
      const before = known.get(key);
      return before !== undefined && isDeepStrictEqual(before.written, value);
    };
    const others = Object.entries(services).filter((one) => !isKnown(one));
    const value = { ...rest, services: Object.fromEntries(others) };
    const model = checkEdgeFile({ ...yaml, value }, file);
    // Services keep their order.
    const found = Object.values(model.services);
    const isNew = new Map(others.map(([key], index) => [key, found[index] as EdgeService]));
    const checked = new Map<string, Checked>();
    const byKey: Record<string, EdgeService> = {};
    for (const [key, value] of Object.entries(services)) {
      const service = isNew.get(key) ?? (known.get(key) as Checked).service;
      checked.set(key, { written: value, service });
      byKey[serviceKey(service)] = service;
    }
    // Whether two are one cannot be seen from one of them.
    if (Object.keys(byKey).length < checked.size) return checkEdgeFile(yaml, file);
    this.#rest = rest;
    this.#checked = checked;
    return { ...model, services: byKey };
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : undefined;
}
