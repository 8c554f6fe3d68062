// Networks and what is on them, as Graphviz (https://graphviz.org/doc/info/lang.html) and Mermaid
// (https://mermaid.js.org/syntax/flowchart.html) read them. Pure: the same networks give the same text, in whatever order they come.

export interface GraphNetwork {
  readonly name: string;
  readonly archetype: string;
  /** Of its status: `ready`. */
  readonly phase: string;
  /** Whether this host leads out of it. */
  readonly isRouted: boolean;
  /** By which other hosts know it. */
  readonly vlan?: number;
  readonly endpoints: readonly GraphEndpoint[];
}

export interface GraphEndpoint {
  readonly name: string;
  /** What it gives access to: `/run/netns/web`, `tap`. Those with the same are one. */
  readonly attached: string;
  readonly phase: string;
  readonly addresses: readonly string[];
  /** The host that it is on, where that is known. */
  readonly node?: string;
}

interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label: string }[];
}

interface Node {
  readonly id: string;
  readonly kind: 'network' | 'endpoint' | 'host' | 'trunk';
  readonly label: readonly string[];
  readonly isReady: boolean;
}

const host = 'host';
const trunk = 'trunk';

/** `name`: what this host is called. */
export function graphOf(networks: readonly GraphNetwork[], name: string): Graph {
  const sorted = networks.toSorted(byName);
  const ends = endsOf(sorted);
  const networkNodes = sorted.map(
    (network, index): Node => ({
      id: `n${index}`,
      kind: 'network',
      label: [network.name, network.archetype],
      isReady: network.phase === 'ready',
    }),
  );
  const edges = sorted.flatMap((network, index) => {
    const id = `n${index}`;
    const { isRouted, vlan } = network;
    return [
      ...network.endpoints.toSorted(byName).map((endpoint) => ({
        from: ends.get(keyOf(network, endpoint))?.id ?? '',
        to: id,
        label: endpoint.addresses.join(' '),
      })),
      ...(isRouted ? [{ from: id, to: host, label: 'way out' }] : []),
      ...(vlan === undefined ? [] : [{ from: id, to: trunk, label: `VLAN ${vlan}` }]),
    ];
  });
  const leads = (to: string) => edges.some((edge) => edge.to === to);
  const hostNode: Node = { id: host, kind: 'host', label: [name], isReady: true };
  const trunkNode: Node = { id: trunk, kind: 'trunk', label: ['physical network'], isReady: true };
  return {
    nodes: [
      ...networkNodes,
      ...ends.values(),
      ...(leads(host) ? [hostNode] : []),
      ...(leads(trunk) ? [trunkNode] : []),
    ],
    edges,
  };
}

/** Who is on networks: what two endpoints give access to is one. */
function endsOf(networks: readonly GraphNetwork[]): ReadonlyMap<string, Node> {
  const ends = new Map<string, Node>();
  for (const network of networks) {
    for (const endpoint of network.endpoints.toSorted(byName)) {
      const { name, attached, node, phase } = endpoint;
      const key = keyOf(network, endpoint);
      const label = [name, attached, ...(node === undefined ? [] : [`on ${node}`])];
      if (!ends.has(key))
        ends.set(key, { id: `e${ends.size}`, kind: 'endpoint', label, isReady: phase === 'ready' });
    }
  }
  return ends;
}

/** A namespace is the same on every network; what else there is, is of one network only. */
function keyOf(network: GraphNetwork, { name, attached, node = '' }: GraphEndpoint): string {
  return attached.startsWith('/') ? `${node} ${attached}` : `${network.name} ${name}`;
}

const dotShapes = { network: 'box', endpoint: 'ellipse', host: 'house', trunk: 'cds' } as const;

export function dotText({ nodes, edges }: Graph): string {
  return [
    'graph networks {',
    ...nodes.map(
      ({ id, kind, label, isReady }) =>
        `  ${id} [label=${dotQuoted(label)}, shape=${dotShapes[kind]}${isReady ? '' : ', style=dashed'}];`,
    ),
    ...edges.map(
      ({ from, to, label }) => `  ${from} -- ${to}${label === '' ? '' : ` [label=${dotQuoted([label])}]`};`,
    ),
    '}',
    '',
  ].join('\n');
}

/** Lines in the quotes of a dot string, in which only quotes and backslashes mean something. */
function dotQuoted(lines: readonly string[]): string {
  return `"${lines.map((line) => plain(line).replaceAll(/["\\]/g, '\\$&')).join('\\n')}"`;
}

const mermaidShapes = {
  network: ['[', ']'],
  endpoint: ['(', ')'],
  host: ['{{', '}}'],
  trunk: ['>', ']'],
} as const;

export function mermaidText({ nodes, edges }: Graph): string {
  const pending = nodes.filter(({ isReady }) => !isReady).map(({ id }) => id);
  return [
    'flowchart LR',
    ...nodes.map(({ id, kind, label }) => {
      const [open, close] = mermaidShapes[kind];
      return `  ${id}${open}${mermaidQuoted(label)}${close}`;
    }),
    ...edges.map(({ from, to, label }) =>
      label === '' ? `  ${from} --- ${to}` : `  ${from} ---|${mermaidQuoted([label])}| ${to}`,
    ),
    ...(pending.length === 0
      ? []
      : ['  classDef pending stroke-dasharray: 4', `  class ${pending.join(',')} pending`]),
    '',
  ].join('\n');
}

/** Mermaid has no escapes in quotes, but the character references of HTML by their numbers. */
function mermaidQuoted(lines: readonly string[]): string {
  const coded = (line: string) =>
    plain(line).replaceAll(/["#&<>`\\]/g, (letter) => `#${letter.codePointAt(0)};`);
  return `"${lines.map(coded).join('<br>')}"`;
}

function plain(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, ' ');
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : Number(one.name > other.name);
}
