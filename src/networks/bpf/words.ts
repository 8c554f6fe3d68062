/** Words for bpftool: 32-bit numbers, the least byte first as on every machine that Node runs on. */
export function words(...values: readonly number[]): string {
  const bytes = values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
