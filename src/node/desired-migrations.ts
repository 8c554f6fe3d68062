/** What is read in a record of an earlier version; a record that is not so breaks the migration. */
interface Before {
  readonly spec: object;
  readonly earlier?: object;
}

/** Number N: from version N to N + 1. What stands here is never changed once it was released. */
export const migrations: readonly ((record: unknown) => unknown)[] = [pathsAndOwners];

interface Spec0 {
  readonly networks: readonly object[];
  readonly pods: readonly Pod0[];
}

interface Pod0 {
  readonly through?: string;
  readonly function?: { readonly kind: string; readonly pod: string; readonly rules: unknown };
}

/** What a pod's traffic passes was one function, what a function does were its rules, and all networks were the engine's. */
function pathsAndOwners(record: unknown): unknown {
  return ofSpecs(record, (spec: Spec0) => ({
    ...spec,
    networks: spec.networks.map((network) => ({ ...network, owner: 'engine' })),
    pods: spec.pods.map(({ through, function: fn, ...pod }) => ({
      ...pod,
      path: through === undefined ? [] : [through],
      ...(fn && { function: { kind: fn.kind, pod: fn.pod, settings: fn.rules } }),
    })),
  }));
}

/** The specification that is wanted, and the one before it. */
function ofSpecs<Spec extends object>(record: unknown, change: (spec: Spec) => object): unknown {
  const { spec, earlier, ...rest } = record as Before;
  return { ...rest, spec: change(spec as Spec), ...(earlier && { earlier: change(earlier as Spec) }) };
}
