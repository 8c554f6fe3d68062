import type { ProgramName } from './program.ts';

// Lines for `tc -batch` (tc-bpf(8)). Pure.

/** Of our own among the filters of an interface: `NVE`. What others have there is under other handles. */
const handle = '0x4e5645';
const filter = `pref 48 handle ${handle}`;

export interface Qdisc {
  readonly kind: string;
}

/** Hangs a program on an interface, in place of another version of it, without a gap. */
export function attach(dev: string, program: string): string {
  return `filter replace dev ${dev} ingress ${filter} bpf direct-action object-pinned ${program}`;
}

export function detach(dev: string): string {
  return `filter del dev ${dev} ingress ${filter} bpf`;
}

/** On an interface of the edge's own. */
export function ownQdisc(dev: string): string {
  return `qdisc replace dev ${dev} clsact`;
}

/** Whether filters can hang on the ingress of an interface already: one made it, who goes on needing it. */
export function hasIngress(qdiscs: readonly Qdisc[]): boolean {
  return qdiscs.some(({ kind }) => kind === 'clsact' || kind === 'ingress');
}

export interface TcFilter {
  readonly options?: { readonly handle?: string };
}

export function isOwnFilter({ options }: TcFilter): boolean {
  return options?.handle === handle;
}

/** Which of the edge's programs hangs on an interface. */
export type Attached = ReadonlyMap<number, ProgramName>;

interface NetOutput {
  readonly tc: readonly { readonly ifindex: number; readonly kind: string; readonly id: number }[];
}

/** `net`: what `bpftool net` printed; `ids`: of the programs. */
export function attachedOf(
  [net]: readonly NetOutput[],
  ids: Readonly<Record<ProgramName, number>>,
): Attached {
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name as ProgramName]));
  return new Map(
    (net?.tc ?? []).flatMap(({ ifindex, kind, id }) => {
      const name = kind.endsWith('/ingress') ? names.get(id) : undefined;
      return name ? [[ifindex, name] as const] : [];
    }),
  );
}
