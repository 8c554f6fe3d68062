/** Bytes that are compared at once. */
const step = 1 << 16;

/** How many bytes two texts have in common at their beginnings, and behind those at their ends. Pure. */
export function commonEnds(a: Buffer, b: Buffer): { readonly head: number; readonly tail: number } {
  const most = Math.min(a.length, b.length);
  const head = longest(most, (from, to) => a.compare(b, from, to, from, to) === 0);
  const tail = longest(most - head, (from, to) => {
    const [x, y] = [a.length - to, b.length - to];
    return a.compare(b, y, y + to - from, x, x + to - from) === 0;
  });
  return { head, tail };
}

/** The largest number up to which all is the same. */
function longest(most: number, isSame: (from: number, to: number) => boolean): number {
  let at = 0;
  for (let width = step; width >= 1; width = Math.floor(width / 2))
    while (at + width <= most && isSame(at, at + width)) at += width;
  return at;
}
