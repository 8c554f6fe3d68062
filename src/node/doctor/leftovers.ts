import { existsSync, readdirSync } from 'node:fs';
import type { ApplicationSummary, NodeInfo } from '../../api/messages.ts';
import { version } from '../../lib/version.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Whether the node runs, and is of the version that asks. */
export function judgeNode(node: NodeInfo | undefined): Finding[] {
  const check = 'node';
  if (!node) {
    return [
      warning(
        check,
        'no node answers: nothing is kept running until `heddle up` starts one, nor after a reboot',
        'run it as a service: docs/howto/node.md',
      ),
    ];
  }
  if (node.version !== version()) {
    return [
      warning(
        check,
        `the node is version ${node.version}, and this command ${version()}`,
        'restart the node',
      ),
    ];
  }
  return [ok(check, `it runs as process ${node.pid}, with ${node.engine.kind} ${node.engine.version}`)];
}

/** Network namespaces that bear Heddle's name. */
export function readNamespaces(): string[] {
  return existsSync('/run/netns')
    ? readdirSync('/run/netns').filter((name) => name.startsWith('heddle-'))
    : [];
}

/**
 * Containers and namespaces of Heddle's that the node does not want: left behind, or another node's. `applications`: all
 * that have containers or are wanted; a wanted one has files.
 */
export function judgeLeftovers(
  applications: readonly ApplicationSummary[] | undefined,
  namespaces: readonly string[],
): Finding[] {
  const check = 'leftovers';
  if (!applications) return [warning(check, 'only a node knows what is wanted; none answers')];
  // One of an earlier version does not say it: what is in use would be taken for left behind.
  if (applications.some(({ namespaces: own }) => (own as unknown) === undefined))
    return [
      warning(check, 'the node is of another version: it does not say what is its own', 'restart the node'),
    ];
  const orphans = applications.filter(({ files, containers }) => files.length === 0 && containers > 0);
  const known = new Set(applications.flatMap((application) => application.namespaces));
  const stray = namespaces.filter((name) => !known.has(name));
  const findings = [
    ...orphans.map(({ project, containers }) =>
      warning(
        check,
        `${project} has ${containers} containers, and this node does not know it: another node's, or left behind`,
        `if nobody wants it: heddle down -p ${project}`,
      ),
    ),
    ...stray.map((name) =>
      warning(
        check,
        `the network namespace ${name} belongs to no application that this node knows`,
        `if nobody wants it: ip netns delete ${name}`,
      ),
    ),
  ];
  return findings.length > 0 ? findings : [ok(check, 'nothing of Heddle’s is there that is not wanted')];
}
