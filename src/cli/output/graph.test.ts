import { expect, test } from 'vitest';
import { dotText, type GraphNetwork, graphOf, mermaidText } from './graph.ts';

const networks: readonly GraphNetwork[] = [
  {
    name: 'lab',
    archetype: 'sdn',
    phase: 'ready',
    isRouted: true,
    vlan: 12,
    endpoints: [
      { name: 'web', attached: '/run/netns/web', phase: 'ready', addresses: ['10.160.0.3/24'] },
      { name: 'db', attached: 'tap', phase: 'failed', addresses: [] },
    ],
  },
  {
    name: 'back',
    archetype: 'ip',
    phase: 'ready',
    isRouted: false,
    endpoints: [{ name: 'web', attached: '/run/netns/web', phase: 'ready', addresses: ['10.160.1.2/24'] }],
  },
];

test('for Graphviz', () => {
  expect(dotText(graphOf(networks, 'node1'))).toMatchInlineSnapshot(`
    "graph networks {
      n0 [label="back\\nip", shape=box];
      n1 [label="lab\\nsdn", shape=box];
      e0 [label="web\\n/run/netns/web", shape=ellipse];
      e1 [label="db\\ntap", shape=ellipse, style=dashed];
      host [label="node1", shape=house];
      trunk [label="physical network", shape=cds];
      e0 -- n0 [label="10.160.1.2/24"];
      e1 -- n1;
      e0 -- n1 [label="10.160.0.3/24"];
      n1 -- host [label="way out"];
      n1 -- trunk [label="VLAN 12"];
    }
    "
  `);
});

test('for Mermaid', () => {
  expect(mermaidText(graphOf(networks, 'node1'))).toMatchInlineSnapshot(`
    "flowchart LR
      n0["back<br>ip"]
      n1["lab<br>sdn"]
      e0("web<br>/run/netns/web")
      e1("db<br>tap")
      host{{"node1"}}
      trunk>"physical network"]
      e0 ---|"10.160.1.2/24"| n0
      e1 --- n1
      e0 ---|"10.160.0.3/24"| n1
      n1 ---|"way out"| host
      n1 ---|"VLAN 12"| trunk
      classDef pending stroke-dasharray: 4
      class e1 pending
    "
  `);
});

test('the same in whatever order they come', () => {
  const turned = networks.toReversed().map((one) => ({ ...one, endpoints: one.endpoints.toReversed() }));
  expect(dotText(graphOf(turned, 'n'))).toBe(dotText(graphOf(networks, 'n')));
});

/** Statements of the language of dot, as far as it is used: anything else would not be read. */
const string = String.raw`"(?:[^"\\\n]|\\["\\n])*"`;
const statement = new RegExp(
  String.raw`^  [a-z]\w* (?:-- [a-z]\w*)?(?: ?\[(?:\w+=(?:${string}|\w+)(?:, )?)+\])?;$|^  [a-z]\w* -- [a-z]\w*;$`,
);

test.each(['"', '\\', '\\"', 'a\nb', '"];x--y;//', '<br>', '#quot;', '`', '&', ']-->x', '%%{init}%%'])(
  'what a name holds stays in its quotes: %j',
  (name) => {
    const graph = graphOf([{ ...networks[0]!, name, archetype: name }], name);
    const [first, ...rest] = dotText(graph).trimEnd().split('\n');
    expect([first, rest.pop()]).toEqual(['graph networks {', '}']);
    for (const line of rest) expect(line).toMatch(statement);
    for (const line of mermaidText(graph).trimEnd().split('\n').slice(1)) {
      if (line.includes('class')) continue;
      expect(line).toMatch(/^ {2}\w+(?:[[({>]+"[^"`\\]*"[\])}]+| ---(?:\|"[^"`\\]*"\|)? \w+)$/);
    }
  },
);
