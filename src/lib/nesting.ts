/** Whether lists and sets of keys nest deeper than some levels: who follows such a value would run out of stack. Pure. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1));
}
