/** What a text says as JSON; nothing where it is none, as one that was cut off. Pure. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
