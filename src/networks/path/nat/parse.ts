import type { ChainAround, Problem, Reading } from '../kind.ts';
import type { NatRules, PortRule } from './rules.ts';

interface RawNat {
  readonly ports?: readonly string[];
  readonly source?: 'gateway';
}

/** Turns what was written under `nat` into rules. */
export function parseNat({ ports = [], source }: RawNat): Reading<NatRules> {
  const problems: Problem[] = [];
  const rules: PortRule[] = [];
  for (const [index, text] of ports.entries()) {
    const problem = (message: string, hint: string) =>
      problems.push({ path: ['ports', index], message, hint });
    const rule = parsePorts(text);
    if (!rule)
      problem(`expected two ports such as 8080:80/tcp, got ${JSON.stringify(text)}`, 'ports are 1 to 65535');
    else if (rule.from === rule.to) problem(`hands ${rule.from} to itself`, 'remove it');
    else if (rules.some((one) => one.protocol === rule.protocol && one.from === rule.from))
      problem(`${named(rule.from, rule)} is handed on already`, 'keep one of the two');
    else rules.push(rule);
  }
  if (ports.length === 0 && source === undefined)
    problems.push({
      path: [],
      message: 'changes nothing',
      hint: 'write `ports: [8080:80/tcp]`, `source: gateway` or both',
    });
  return { settings: { ports: rules, hidesSources: source === 'gateway' }, problems };
}

function parsePorts(text: string): PortRule | undefined {
  const match = /^(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  const isPort = (port: number) => port >= 1 && port <= 65_535;
  if (!match || !isPort(from) || !isPort(to)) return undefined;
  return { protocol: match[3] === 'udp' ? 'udp' : 'tcp', from, to };
}

/**
 * What of rules a chain cannot do: an answer bears the port that the pod has, so the chain has to be of that, too, for it to come
 * back the way that the question came; and of peers that are hidden nothing but the gateway's address is left to tell them by.
 */
export function unfitFor({ ports, hidesSources }: NatRules, chain: ChainAround): Problem[] {
  const problems: Problem[] = [];
  const isOf = (port: number, { protocol }: PortRule) =>
    chain.ports.length === 0 ||
    chain.ports.some((one) => one.protocol === protocol && one.from <= port && port <= one.to);
  const written = chain.ports.map(
    ({ protocol, from, to }) => `${from === to ? from : `${from}-${to}`}/${protocol}`,
  );
  for (const [index, rule] of ports.entries()) {
    const path = ['ports', index];
    const lacking = [rule.from, rule.to].filter((port) => !isOf(port, rule)).map((port) => named(port, rule));
    if (chain.isAtFrom)
      problems.push({
        path,
        message: `ports are those of a service that is connected to, and ${chain.led} connects itself`,
        hint: `let the chain lead to ${chain.led}`,
      });
    else if (lacking.length > 0)
      problems.push({
        path,
        message: `what comes for ${named(rule.from, rule)} and is answered by ${named(rule.to, rule)} is not all of this chain, which is of ${written.join(', ')}`,
        hint: `write \`match: { ports: [${[...written, ...lacking].join(', ')}] }\`, or leave \`match\` out`,
      });
  }
  if (hidesSources && !chain.isFromOutside)
    problems.push({
      path: ['source'],
      message: 'hides behind the gateway of the network who comes through it, and nobody else',
      hint: 'write it in a chain `from: outside`',
    });
  return problems;
}

function named(port: number, { protocol }: PortRule): string {
  return `${port}/${protocol}`;
}
