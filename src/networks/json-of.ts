/**
 * What a program of iproute2 says as JSON. It writes names and aliases as they are, control characters too, which JSON has in no
 * text (RFC 8259, 7): whoever has a namespace may call an interface so.
 * @throws SyntaxError when it is none all the same
 */
export function jsonOf<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    const escaped = text.replaceAll(
      /[^\P{Cc}\n\r\t]/gu,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    return JSON.parse(escaped) as T;
  }
}

/** The same of a list, of which nothing is said where it is empty. */
export function listOf<T>(text: string): T[] {
  return text.trim() === '' ? [] : jsonOf<T[]>(text);
}
