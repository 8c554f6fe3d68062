import type { PodSpec } from './spec.ts';

/** The pods of a deployment in the making, in their order, found by name and by service. */
export class PodTable {
  readonly #pods: PodSpec[] = [];
  /** Where each stands. Of two of one name, which is an error that is found later, the first. */
  readonly #byName = new Map<string, number>();
  /** Where the replicas of each service stand, and what is run of it once. */
  readonly #byService = new Map<string, number[]>();

  constructor(pods: readonly PodSpec[]) {
    for (const pod of pods) this.add(pod);
  }

  get all(): readonly PodSpec[] {
    return this.#pods;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  get(name: string): PodSpec | undefined {
    return this.#pods[this.#byName.get(name) ?? -1];
  }

  /** The replicas of a service, and what is run of it once. */
  of(service: string): PodSpec[] {
    return (this.#byService.get(service) ?? []).map((index) => this.#pods[index] as PodSpec);
  }

  add(pod: PodSpec): void {
    const index = this.#pods.push(pod) - 1;
    if (!this.#byName.has(pod.name)) this.#byName.set(pod.name, index);
    if ((pod.role !== 'service' && pod.role !== 'oneoff') || pod.service === undefined) return;
    const others = this.#byService.get(pod.service);
    if (others) others.push(index);
    else this.#byService.set(pod.service, [index]);
  }

  /** Puts another pod of the same name, role and service in the place of one. */
  change(name: string, make: (pod: PodSpec) => PodSpec): void {
    const index = this.#byName.get(name);
    if (index !== undefined) this.#pods[index] = make(this.#pods[index] as PodSpec);
  }

  /** The same for each of those of a service. */
  changeOf(service: string, make: (pod: PodSpec) => PodSpec): void {
    for (const index of this.#byService.get(service) ?? [])
      this.#pods[index] = make(this.#pods[index] as PodSpec);
  }
}
