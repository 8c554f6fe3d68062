import fc from 'fast-check';

/** Texts of whatever code points, halves of pairs too. fast-check's own unit `binary` takes a second to be made. */
export const anyText = fc.string({
  unit: fc.nat({ max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
});
