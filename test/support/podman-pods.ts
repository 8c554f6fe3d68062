import { execFileSync } from 'node:child_process';
import type { TestHost } from './host.ts';

/** The pods of a project at Podman, on its network `lab`. */
export class PodmanPods {
  readonly #host: TestHost;
  readonly #project: string;

  constructor(host: TestHost, project: string) {
    this.#host = host;
    this.#project = project;
  }

  /** Runs a program in the container of a service's first replica. */
  exec(service: string, ...command: readonly string[]) {
    return this.#host.run('podman', ['exec', `${this.#project}-${service}-1`, ...command]);
  }

  /** Of a service's first replica. */
  address(service: string, family: 'IPAddress' | 'GlobalIPv6Address' = 'IPAddress'): string {
    const format = `{{(index .NetworkSettings.Networks "${this.#project}_lab").${family}}}`;
    return this.#inspect(`${service}-1`, format);
  }

  /** The file of a pod's network namespace. */
  namespace(pod: string): string {
    return `/proc/${this.#inspect(pod, '{{.State.Pid}}')}/ns/net`;
  }

  /** What a program prints in a pod's network namespace. @throws Error when it fails */
  inside(pod: string, command: readonly string[], input?: string): string {
    const inside = [`--net=${this.namespace(pod)}`, '--', ...command];
    return execFileSync('nsenter', inside, { input, encoding: 'utf8' });
  }

  /** Of its sandbox. */
  #inspect(pod: string, format: string): string {
    return this.#host.podman('inspect', `${this.#project}-${pod}.sandbox`, '--format', format);
  }
}
