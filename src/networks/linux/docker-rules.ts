// Docker drops what this host forwards, bridged frames as well where they pass iptables, unless its own rules or those in the chain
// DOCKER-USER accept it (docs.docker.com, Packet filtering and firewalls). Lines for iptables-restore(8). Pure.

import { isBridgeName } from './names.ts';

export const chain = 'DOCKER-USER';

const mark = 'heddle';
const rule = (match: string, target: string) => `${chain} ${match} -m comment --comment ${mark} -j ${target}`;

/** What Docker calls bridges by itself: those that come after the look as well. */
const usual = ['docker0', 'docker_gwbridge', 'br-+'];

/** From the top. What leads to Docker's own bridges is Docker's to judge; what leads to Heddle's, its own table judges. */
function wantedBeside(listed: string): string[] {
  return [
    ...[...usual, ...namedBridges(listed)].map((bridge) => rule(`-i hb+ -o ${bridge}`, 'RETURN')),
    rule('-i hb+', 'ACCEPT'),
    rule('-o hb+', 'ACCEPT'),
  ];
}

/**
 * Bridges with names that somebody chose for Docker (com.docker.network.bridge.name): those that its own chains name. Another
 * bridge may be the host's way out, which Docker would not let anybody through.
 */
function namedBridges(listed: string): string[] {
  const names = listed
    .split('\n')
    .flatMap((line) => /^-A DOCKER(?!-USER ).* -o ([\w.-]{1,15}) /.exec(line)?.[1] ?? [])
    .filter((name) => !isBridgeName(name) && name !== 'docker0' && name !== 'docker_gwbridge')
    .filter((name) => !name.startsWith('br-'));
  return [...new Set(names)].sort();
}

/** What lets networks through, by what `iptables -S` says; nothing when it does already. */
export function admission(listed: string): string[] {
  const rules = rulesIn(listed);
  const wanted = wantedBeside(listed);
  if (wanted.every((one, index) => rules[index] === one)) return [];
  return [
    ...dismissal(listed),
    ...wanted.map((one, index) => `-I ${one.replace(chain, `${chain} ${index + 1}`)}`),
  ];
}

/** What takes it away again. */
export function dismissal(listed: string): string[] {
  return rulesIn(listed)
    .filter((one) => one.includes(` --comment ${mark} `))
    .map((one) => `-D ${one}`);
}

function rulesIn(listed: string): string[] {
  return listed
    .split('\n')
    .flatMap((line) => (line.startsWith(`-A ${chain} `) ? [line.slice('-A '.length)] : []));
}
