// Lines for `tc -batch` that hang programs on interfaces (tc-bpf(8)). Pure.

export type Hook = 'ingress' | 'egress';

/** On an interface of Heddle's own. */
export function ownQdisc(dev: string): string {
  return `qdisc replace dev ${dev} clsact`;
}

/** Hangs a program there, in place of what hangs under the same filter, without a gap. `filter`: preference and handle. */
export function hang(dev: string, hook: Hook, filter: string, program: string): string {
  return `filter replace dev ${dev} ${hook} ${filter} bpf direct-action object-pinned ${program}`;
}
