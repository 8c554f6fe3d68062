import { type Hook, hang } from '../../bpf/hook.ts';
import type { ProgramName } from './program.ts';

// Lines for `tc -batch` (tc-bpf(8)). Pure.

/** Of our own among the filters of an interface: `NVE`. What others have there is under other handles. */
const handle = '0x4e5645';
const filter = `pref 48 handle ${handle}`;

export interface Qdisc {
  readonly kind: string;
  readonly dev?: string;
  /** Frames; where statistics were asked for. */
  readonly drops?: number;
}

/** Hangs a program on an interface, in place of another version of it, without a gap. */
export function attach(dev: string, hook: Hook, program: string): string {
  return hang(dev, hook, filter, program);
}

/** Before the edge's own, of a network: what the kernel looks at first. */
const ownFilter = 'pref 40 handle 0x4e5655';

/** And before that, where frames leave its bridge. */
const beginFilter = 'pref 32 handle 0x4e5642';

export function attachBegin(dev: string, program: string): string {
  return hang(dev, 'egress', beginFilter, program);
}

export function detachBegin(dev: string): string {
  return `filter del dev ${dev} egress ${beginFilter} bpf`;
}

/** The same of a program of the network's own, where frames leave an interface of the edge's. */
export function attachOwn(dev: string, program: string): string {
  return hang(dev, 'egress', ownFilter, program);
}

export function detachOwn(dev: string): string {
  return `filter del dev ${dev} egress ${ownFilter} bpf`;
}

export function detach(dev: string): string {
  return `filter del dev ${dev} ingress ${filter} bpf`;
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

/** Where the edge's programs hang: `index/hook`, and which it is. */
export type Attached = ReadonlyMap<string, ProgramName>;

/** What `bpftool net` prints. */
export interface Net {
  readonly tc: readonly { readonly ifindex: number; readonly kind: string; readonly id: number }[];
}

/** `ids`: of the programs. */
export function attachedOf(
  [net]: readonly Net[],
  ids: Readonly<Partial<Record<ProgramName, number>>>,
): Attached {
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name as ProgramName]));
  return new Map(
    (net?.tc ?? []).flatMap(({ ifindex, kind, id }) => {
      const name = names.get(id);
      return name ? [[`${ifindex}/${kind.split('/').at(-1)}`, name] as const] : [];
    }),
  );
}
