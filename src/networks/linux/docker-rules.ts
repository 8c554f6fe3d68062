// Docker drops what this host forwards, bridged frames as well where they pass iptables, unless its own rules or those in the chain
// DOCKER-USER accept it (docs.docker.com, Packet filtering and firewalls). Lines for iptables-restore(8). Pure.

export const chain = 'DOCKER-USER';

const mark = 'heddle';
const rule = (match: string, target: string) => `${chain} ${match} -m comment --comment ${mark} -j ${target}`;

/** From the top. What leads to Docker's own bridges is Docker's to judge; what leads to Heddle's, its own table judges. */
const wanted: readonly string[] = [
  rule('-i hb+ -o docker0', 'RETURN'),
  rule('-i hb+ -o docker_gwbridge', 'RETURN'),
  rule('-i hb+ -o br-+', 'RETURN'),
  rule('-i hb+', 'ACCEPT'),
  rule('-o hb+', 'ACCEPT'),
];

/** What lets networks through, by what `iptables -S DOCKER-USER` says; nothing when it does already. */
export function admission(listed: string): string[] {
  const rules = rulesIn(listed);
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
  return listed.split('\n').flatMap((line) => (line.startsWith('-A ') ? [line.slice('-A '.length)] : []));
}
