// The cookie of a flow says whose it is: the network's id (12 hex digits) above 16 bits that say what kind of flow it is. Flows
// with other cookies are somebody else's, and never touched.

export const standing = 1n;
export const learned = 2n;

/** What flows of one network have in common. */
export const networkMask = 0xffffffffffff0000n;

export function cookieOf(network: string, kind: bigint): bigint {
  return (BigInt(`0x${network}`) << 16n) | kind;
}

export function kindOf(cookie: bigint): bigint {
  return cookie & 0xffffn;
}
