// What a change can touch, of the tests. No I/O: files are paths from the root.

const code = /^(src|test|bench|scripts|examples)\/.*\.(ts|mjs)$/;
/** What no test of a group reads. */
const unread = /^(docs|bench|\.github)\/|^[^/]*\.md$|^src\/.*\.test\.ts$/;

/**
 * @param files that changed
 * @param groups of tests, and the folders of each part of the source
 * @param modules all of the code, as dependency-cruiser gives it: `{ source, dependencies: [{ resolved }] }`
 * @returns `units`: files to which unit tests have to be related, or 'all'; `groups`: names
 */
export function touched(files, { groups, parts }, modules) {
  const importers = importersOf(modules);
  const names = new Set(files.flatMap((file) => groupsOf(file, { groups, parts }, importers)));
  // Whatever else they read, they read without an import.
  const units = files.every((file) => code.test(file)) ? files : 'all';
  const besideTheCode = ({ suffix }) => suffix !== undefined && units === 'all';
  return {
    units,
    groups: groups.filter((group) => names.has(group.name) || besideTheCode(group)).map(({ name }) => name),
  };
}

function groupsOf(file, { groups, parts }, importers) {
  const tests = reach(file, importers).flatMap((test) => groupOfTest(test, groups));
  if (tests.length > 0 && file.startsWith('test/')) return tests;
  if (unread.test(file)) return tests;
  const isIn = (part) => parts[part].some((folder) => file.startsWith(`${folder}/`));
  const declared = groups.filter((group) => group.parts?.some(isIn)).map(({ name }) => name);
  // What nobody declared may concern each.
  const concerned =
    declared.length > 0
      ? declared
      : groups.filter(({ suffix }) => suffix === undefined).map(({ name }) => name);
  return [...tests, ...concerned];
}

function groupOfTest(file, groups) {
  const isOf = ({ name, suffix }) => (suffix ? file.endsWith(suffix) : file.startsWith(`test/e2e/${name}/`));
  return groups.filter(isOf).map(({ name }) => name);
}

/** Itself, and all that imports it over however many others. */
function reach(file, importers) {
  const reached = new Set([file]);
  for (const one of reached) for (const importer of importers.get(one) ?? []) reached.add(importer);
  return [...reached];
}

function importersOf(modules) {
  const importers = new Map();
  for (const { source, dependencies } of modules)
    for (const { resolved } of dependencies)
      importers.set(resolved, [...(importers.get(resolved) ?? []), source]);
  return importers;
}
