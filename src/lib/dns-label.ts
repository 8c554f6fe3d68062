/** A DNS label (RFC 1123, 2.1): letters, digits and hyphens, at most 63. */
export function isLabel(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}
