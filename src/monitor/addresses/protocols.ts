/** IANA's protocol numbers that have names here. */
const names: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp6', 132: 'sctp' };

export function protocolName(number: number): string {
  return names[number] ?? String(number);
}
