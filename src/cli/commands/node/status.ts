import type { Command } from 'commander';
import type { NodeHealth, RemoteStatus } from '../../../api/messages.ts';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../../command.ts';

export function nodeStatus(): Command {
  return nodeCommand('status', 'Show how the node and its services are; fails where one has failed')
    .addOption(formatOption())
    .action(async (options: NodeOptions & { readonly format: Format }) => {
      const { presentNode } = await import('../../node-connection.ts');
      const status = await presentNode(options).nodeStatus();
      if (options.format === 'json') process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
      else await print(status);
      if (status.services.some(({ phase }) => phase === 'failed')) process.exitCode = 1;
    });
}

async function print({ services, edge, shared, api, ...node }: NodeHealth): Promise<void> {
  const [{ tableOf }, { agoText }, { engineText }] = await Promise.all([
    import('../../output/table.ts'),
    import('../../output/ago.ts'),
    import('../../output/engine-text.ts'),
  ]);
  const now = Date.now();
  const about = [
    ['node', `${node.name}, process ${node.pid}, Heddle ${node.version}, since ${agoText(node.since, now)}`],
    ['engine', engineText(node.engine)],
    ['state', node.stateDir],
    ['metrics', node.metrics ?? 'nowhere'],
    ...(shared
      ? [
          [
            'shared in',
            `${shared.endpoints.join(' ')}${shared.current ? '' : `, as last seen: ${shared.reason ?? 'it is not reached'}`}`,
          ],
        ]
      : []),
    ...(api ? [['api', apiText(api, now)]] : []),
    ['edge', edge ? `${edge.driver} on ${edge.uplink}, which is ${edge.up ? 'up' : 'down'}` : 'none'],
  ];
  const tables = [
    tableOf(services, {
      SERVICE: ({ name }) => name,
      PROCESS: ({ process, pid }) => (process === 'own' ? `own ${pid ?? ''}`.trim() : 'shared'),
      STATUS: ({ phase }) => phase,
      SINCE: ({ since }) => agoText(since, now),
      RESTARTS: ({ restarts }) => restarts,
      NETWORKS: ({ networks, troubled }) => `${networks ?? '?'}${troubled ? `, ${troubled} failed` : ''}`,
      REASON: ({ reason }) => reason ?? '',
    }),
    ...(edge && edge.joined.length > 0
      ? [
          tableOf(edge.joined, {
            VLAN: ({ vlan }) => vlan,
            NETWORK: ({ network }) => network,
            'BYTES OUT': ({ toWire }) => toWire.bytes,
            'BYTES IN': ({ fromWire }) => fromWire.bytes,
            DROPPED: ({ toWire, fromWire }) => toWire.dropped + fromWire.dropped,
          }),
        ]
      : []),
  ];
  const lines = about.map(([what, text]) => `${`${what}:`.padEnd(11)}${text}`).join('\n');
  process.stdout.write(`${[lines, ...tables].join('\n\n')}\n`);
}

function apiText({ listen, listening, expires, reason }: RemoteStatus, now: number): string {
  const certificate = expires === null ? [] : [certificateText(expires, now)];
  const state = listening ? [] : ['does not listen'];
  return [`https://${listen}`, ...state, ...certificate, ...(reason === null ? [] : [reason])].join(', ');
}

function certificateText(expires: string, now: number): string {
  const day = expires.slice(0, 10);
  return Date.parse(expires) > now ? `certificate until ${day}` : `certificate ENDED ${day}`;
}
