/**
 * What an endpoint’s certificate names it by. Who calls it names the port that it means in place of the asterisk (RFC 6066, 3), so
 * that TLS itself carries it, and proves by the rest (RFC 9525, 6.3) that it is not another who answers. Pure.
 */
export function identityOf(address: string): string {
  return `*.${address}.mesh`;
}
