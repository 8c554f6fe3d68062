// What entities and workspaces are called. A title says nothing of where an entity is: `alice`, `urn:example:camera-7`,
// `alice@example.org/phone`.

/** Of an entity or a workspace; at most 127 bytes, as patterns are. */
export const title = /^[A-Za-z0-9][A-Za-z0-9._:@/~+-]{0,126}$/;
/** Of titles: `*` stands for anything. */
export const titlePattern = /^[A-Za-z0-9*][A-Za-z0-9._:@/~+*-]{0,126}$/;
/** What an entity can do, and a workspace may ask for: `video`, `h264`. */
export const capability = /^[a-z0-9][a-z0-9.-]{0,31}$/;

/** Whether a title is one of those that a pattern is for. Linear in both, whatever the pattern. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
