import { statSync } from 'node:fs';
import { HeddleError } from '../../../lib/errors.ts';
import { Panel } from '../patch/panel.ts';
import type { PathEnds } from '../patch/scene.ts';
import { Prober } from './prober.ts';
import type { ChainProof } from './proof.ts';
import { proveChains } from './prove.ts';

/** What is known of the chains of all applications of this host by probes, since this process began. */
export class Proofs {
  readonly #warn: (project: string, message: string) => void;
  readonly #probers = new Map<string, { readonly prober: Prober; readonly maps: number }>();
  /** By project, and by pod and chain. */
  readonly #proofs = new Map<string, Map<string, ChainProof>>();

  /** `warn`: told of what keeps probes from being sent. */
  constructor(warn: (project: string, message: string) => void) {
    this.#warn = warn;
  }

  of(project: string): ChainProof[] {
    return [...(this.#proofs.get(project)?.values() ?? [])];
  }

  /**
   * Proves chains of a pod, and keeps what came of it.
   * @param only the chain that is to be proved; absent: all, and no others are kept of the pod
   * @throws HeddleError ERR_NETWORK
   */
  async prove(place: PathEnds, only?: string): Promise<ChainProof[]> {
    const { project, pod } = place;
    const proofs = await proveChains(this.#prober(project), place, only);
    const known = this.#proofs.get(project) ?? new Map<string, ChainProof>();
    this.#proofs.set(project, known);
    if (only === undefined) this.forget(project, pod);
    for (const proof of proofs) known.set(`${pod} ${proof.chain}`, proof);
    return proofs;
  }

  /** What is known of a pod is not so any more. */
  forget(project: string, pod: string): void {
    const known = this.#proofs.get(project);
    for (const [key, proof] of known ?? []) if (proof.pod === pod) known?.delete(key);
  }

  /** An application has gone. */
  forgetAll(project: string): void {
    this.#proofs.delete(project);
    this.#probers.get(project)?.prober.stop();
    this.#probers.delete(project);
  }

  stop(): void {
    for (const { prober } of this.#probers.values()) prober.stop();
  }

  #prober(project: string): Prober {
    const files = new Panel(project).probes;
    const running = this.#probers.get(project);
    // A panel that was made anew has maps of its own.
    const maps = inodeOf(files.probes);
    if (running && !running.prober.isEnded && running.maps === maps) return running.prober;
    running?.prober.stop();
    const prober = new Prober(files, (why) => this.#warn(project, why));
    this.#probers.set(project, { prober, maps });
    return prober;
  }
}

/** @throws HeddleError ERR_NETWORK where no traffic of the project is led */
function inodeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found) return found.ino;
  throw new HeddleError('ERR_NETWORK', 'there is no patch panel that traffic is led over');
}
