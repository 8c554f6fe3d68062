import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { didYouMean } from '../../lib/did-you-mean.ts';
import type { Location } from '../../lib/errors.ts';
import type { Findings } from '../findings.ts';
import type { Entry, ScalarNode, Tag, TreeNode } from '../tree.ts';
import { coreScalar, plainScalar } from './scalar.ts';

/** How many values aliases may add in one file: enough for thousands of services, not for an alias bomb. */
const MAX_FROM_ALIASES = 500_000;

/** How deep values may be nested once aliases stand for what they name. */
const MAX_DEPTH = 200;

const CORE_TAGS = 'tag:yaml.org,2002:';

/** Makes our tree of the YAML library's: anchors and merge keys resolved, the tags of Compose noted. */
export class TreeBuilder {
  readonly #place: (offset: number) => Location;
  readonly #findings: Findings;
  /** By anchor, the latest value; `open` while it is being built, so that one inside itself is seen. */
  readonly #anchors = new Map<string, { node: TreeNode; size: number } | 'open'>();
  #size = 0;
  #fromAliases = 0;
  /** How deep each map and list is, for those that aliases nest in each other. */
  readonly #depths = new WeakMap<TreeNode, number>();
  #refused = false;

  constructor(place: (offset: number) => Location, findings: Findings) {
    this.#place = place;
    this.#findings = findings;
  }

  build(node: Node): TreeNode {
    if (isAlias(node)) return this.#alias(node);
    const { anchor } = node as { anchor?: string };
    const before = this.#size;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const built = this.#measured(this.#value(node));
    this.#size += 1;
    if (anchor !== undefined) this.#anchors.set(anchor, { node: built, size: this.#size - before });
    return built;
  }

  #value(node: Node): TreeNode {
    const at = this.#at(node);
    const tag = this.#tag(node, at);
    if (isMap(node)) return { kind: 'map', entries: this.#entries(node), at, tag };
    if (isSeq(node))
      return { kind: 'seq', items: node.items.map((item) => this.build(item as Node)), at, tag };
    return { ...this.#scalar(node as Scalar, at), tag };
  }

  #scalar(node: Scalar, at: Location): ScalarNode {
    const { source = '' } = node;
    let { value } = node;
    // No argument, variable, path or name can hold one.
    if (typeof value === 'string' && value.includes('\0')) {
      this.#findings.error('ERR_YAML_SYNTAX', 'a text holds a NUL, which nothing here can', at);
      return { kind: 'scalar', value: value.replaceAll('\0', ''), at };
    }
    // The library takes the scalar behind a tag that it does not know for a string.
    if (node.type === 'PLAIN' && (node.tag === '!override' || node.tag === '!reset'))
      value = coreScalar(source);
    if (node.type === 'PLAIN' && !node.tag?.startsWith(CORE_TAGS)) value = plainScalar(source, value);
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
      return { kind: 'scalar', value: value as ScalarNode['value'], at };
    }
    return { kind: 'scalar', value: source, at };
  }

  #alias(node: Alias): TreeNode {
    const at = this.#at(node);
    const target = this.#anchors.get(node.source);
    if (target === undefined || target === 'open') {
      const why = target === 'open' ? 'stands inside its own value' : 'has no anchor before it';
      this.#findings.error('ERR_YAML_SYNTAX', `the alias *${node.source} ${why}`, at);
      return { kind: 'scalar', value: null, at };
    }
    this.#fromAliases += target.size;
    this.#size += target.size;
    if (this.#fromAliases <= MAX_FROM_ALIASES) return target.node;
    return this.#refuse(`the aliases of this file stand for more than ${MAX_FROM_ALIASES} values`, at);
  }

  /** The node, unless it is nested too deep. */
  #measured(node: TreeNode): TreeNode {
    if (node.kind === 'scalar') return node;
    let depth = 0;
    const items = node.kind === 'seq' ? node.items : [...node.entries.values()].map((entry) => entry.value);
    for (const item of items) depth = Math.max(depth, (this.#depths.get(item) ?? 0) + 1);
    this.#depths.set(node, depth);
    return depth > MAX_DEPTH ? this.#refuse(`values are nested more than ${MAX_DEPTH} deep`, node.at) : node;
  }

  #refuse(message: string, at: Location): TreeNode {
    if (!this.#refused) this.#findings.error('ERR_YAML_SYNTAX', message, at);
    this.#refused = true;
    return { kind: 'scalar', value: null, at };
  }

  #entries(map: YAMLMap): ReadonlyMap<string, Entry> {
    const own = new Map<string, Entry>();
    const inherited = new Map<string, Entry>();
    for (const pair of map.items) {
      const key = pair.key as Node;
      const keyAt = this.#at(key);
      const name = this.#key(key, keyAt);
      const value: TreeNode = pair.value
        ? this.build(pair.value as Node)
        : { kind: 'scalar', value: null, at: keyAt };
      if (name === undefined) continue;
      if (name === '<<' && isScalar(key) && key.type === 'PLAIN') this.#inherit(value, inherited);
      else if (own.has(name))
        this.#findings.error('ERR_YAML_SYNTAX', `the key "${name}" is there twice`, keyAt);
      else own.set(name, { keyAt, value });
    }
    if (inherited.size === 0) return own;
    return new Map([...inherited, ...own]);
  }

  /** `<<: *a` or `<<: [*a, *b]`; of several, the first that has a key gives it. */
  #inherit(source: TreeNode, into: Map<string, Entry>): void {
    for (const from of source.kind === 'seq' ? source.items : [source]) {
      if (from.kind !== 'map') {
        this.#findings.error('ERR_YAML_SYNTAX', 'the merge key << takes a map or a list of maps', from.at);
        continue;
      }
      for (const [key, entry] of from.entries) if (!into.has(key)) into.set(key, entry);
    }
  }

  #key(key: Node | null, at: Location): string | undefined {
    const value = isScalar(key) ? key.value : undefined;
    if (typeof value === 'string' && value.includes('\0')) {
      this.#findings.error('ERR_YAML_SYNTAX', 'a key holds a NUL, which nothing here can', at);
      return undefined;
    }
    if (typeof value === 'string') return value;
    const hint = typeof value === 'number' || typeof value === 'boolean' ? `write "${value}"` : undefined;
    this.#findings.error('ERR_YAML_SYNTAX', 'a key has to be a string', at, hint);
    return undefined;
  }

  #tag(node: Node, at: Location): Tag | undefined {
    const { tag } = node;
    if (tag === undefined || tag === '!' || tag.startsWith(CORE_TAGS)) return undefined;
    if (tag === '!reset') return 'reset';
    if (tag === '!override') return 'override';
    const hint = didYouMean(tag, ['!reset', '!override']);
    this.#findings.error('ERR_YAML_SYNTAX', `the tag ${tag} is not known`, at, hint);
    return undefined;
  }

  #at(node: Node | null): Location {
    return this.#place(node?.range?.[0] ?? 0);
  }
}
