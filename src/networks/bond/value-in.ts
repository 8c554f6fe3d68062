/** What stands after `NAME: `, on a line of its own; nothing: there is no such line. */
export function valueIn(text: string, name: string): string | undefined {
  const start = `${name}: `;
  const line = text.split('\n').find((one) => one.trim().startsWith(start));
  return line?.trim().slice(start.length).trim();
}
