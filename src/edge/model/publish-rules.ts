type Protocol = 'tcp' | 'udp';

/** What an operator lets a namespace publish. */
export interface PublishRule {
  /** Nothing of it is published. */
  readonly isRefused?: true;
  /** Short names: `web`, `shop-*`, `*`; not given: any. */
  readonly names?: readonly string[];
  /** Not given: any. */
  readonly ports?: readonly PortRange[];
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
  /** Not given: both. */
  readonly protocol?: Protocol;
  /** As it was written. */
  readonly text: string;
}

/** By namespace, or what namespaces begin with: `shop`, `team-*`, `*`. Not given: any namespace may publish anything. */
export type PublishRules = Readonly<Record<string, PublishRule>>;

/** The rule of a namespace: that which says most of its name. One that no rule speaks of may publish nothing. */
export function ruleOf(rules: PublishRules | undefined, namespace: string): PublishRule {
  if (!rules) return {};
  const fitting = Object.keys(rules).filter((pattern) => fits(pattern, namespace));
  const rank = (pattern: string) => (pattern.endsWith('*') ? pattern.length : Number.POSITIVE_INFINITY);
  const [best] = fitting.sort((a, b) => rank(b) - rank(a));
  return (best !== undefined && rules[best]) || { isRefused: true };
}

export function mayHaveName({ names }: PublishRule, name: string): boolean {
  return names === undefined || names.some((pattern) => fits(pattern, name));
}

export function mayHavePort(
  { ports }: PublishRule,
  { port, protocol }: { readonly port: number; readonly protocol: Protocol },
): boolean {
  if (ports === undefined) return true;
  return ports.some(
    (range) =>
      range.first <= port &&
      port <= range.last &&
      (range.protocol === undefined || range.protocol === protocol),
  );
}

/** `80`, `80/tcp`, `7000-7010/udp`; nothing for what is no such thing. */
export function readPortRange(text: string): PortRange | undefined {
  const [, first, last = first, protocol] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last), text };
  if (first === undefined || range.first < 1 || range.last > 65_535 || range.first > range.last)
    return undefined;
  return protocol === undefined ? range : { ...range, protocol: protocol as Protocol };
}

/** Whether a pattern speaks of a name: the name itself, or what it begins with and `*`. */
function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
