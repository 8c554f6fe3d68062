// Lines for `bpftool batch` about pinned maps (bpftool-map(8)); keys and values in words of bpftool. Pure.

/** All entries of a map. `file`: where it is pinned. */
export function dump(file: string): string {
  return `map dump pinned ${file}`;
}

/** Notes an entry, in place of what is noted under its key. */
export function update(file: string, key: string, value: string): string {
  return `map update pinned ${file} key hex ${key} value hex ${value} any`;
}

/** Forgets an entry, which has to be there. */
export function remove(file: string, key: string): string {
  return `map delete pinned ${file} key hex ${key}`;
}
