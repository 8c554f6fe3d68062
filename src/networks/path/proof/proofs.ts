import { statSync } from 'node:fs';
import { HeddleError } from '../../../lib/errors.ts';
import { Turns } from '../../../lib/turns.ts';
import { Panel } from '../patch/panel.ts';
import type { PathEnds } from '../patch/scene.ts';
import { Prober } from './prober.ts';
import { broken, type ChainProof } from './proof.ts';
import { type Outcome, proveChains } from './prove.ts';
import { Watch } from './watch.ts';

/** Milliseconds after which an engine has noticed that a process ended. */
const missed = 60_000;

/** Who has to be told of chains. */
export interface Listener {
  /** What keeps probes from being sent. */
  warn(project: string, message: string): void;
  /** A chain that was proved is so no longer. */
  broken(proof: ChainProof, project: string): void;
  /** The program of a function that chains of a pod pass has ended. */
  ended(project: string, fn: string): void;
}

/** What sends probes over one panel. */
interface Probing {
  readonly prober: Prober;
  readonly watch: Watch;
  /** Inode of its maps: a panel that was made anew has others. */
  readonly maps: number;
}

/** What is known of the chains of all applications of this host by probes, since this process began. */
export class Proofs {
  readonly #listener: Listener;
  readonly #turns = new Turns();
  readonly #ended = new Set<number>();
  readonly #probing = new Map<string, Probing>();
  /** By project, and by pod and chain. */
  readonly #proofs = new Map<string, Map<string, ChainProof>>();

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Whether a process was seen to end, which the engine may not have seen yet. */
  hasEnded(pid: number): boolean {
    return this.#ended.has(pid);
  }

  of(project: string): ChainProof[] {
    return [...(this.#proofs.get(project)?.values() ?? [])];
  }

  /**
   * Proves chains of a pod, keeps what came of it, and watches those from then on that are proven.
   * @param only the chains that are to be proved; absent: all, and no others are kept of the pod
   * @throws HeddleError ERR_NETWORK
   */
  async prove(place: PathEnds, only?: readonly string[]): Promise<Outcome[]> {
    const { project, pod } = place;
    const { prober, watch } = await this.#turns.take(project, () => this.#probingOf(project));
    const outcomes = await proveChains(prober, place, only);
    const known = this.#proofs.get(project) ?? new Map<string, ChainProof>();
    this.#proofs.set(project, known);
    const current = new Set(outcomes.map(({ proof }) => keyOf(proof)));
    for (const [key, proof] of known) {
      if (only !== undefined || proof.pod !== pod || current.has(key)) continue;
      known.delete(key);
      watch.end(key);
    }
    for (const { proof, flows } of outcomes) {
      const key = keyOf(proof);
      known.set(key, proof);
      watch.begin(key, flows);
    }
    return outcomes;
  }

  /**
   * Says from now on when a function ends that chains of a pod pass; at once of one that has.
   * @throws HeddleError ERR_NETWORK
   */
  async mind({ project, chains }: PathEnds): Promise<void> {
    const functions = (chains?.chains ?? []).flatMap((chain) => chain.functions);
    if (!functions.some(({ programs = [] }) => programs.length > 0)) return;
    const { prober } = await this.#turns.take(project, () => this.#probingOf(project));
    for (const { name, programs = [] } of functions) {
      for (const pid of programs) {
        prober.mind(pid, () => {
          this.#ended.add(pid);
          // By then the engine knows, and its number may be another's.
          setTimeout(() => this.#ended.delete(pid), missed).unref();
          this.#listener.ended(project, name);
        });
      }
    }
  }

  /** What is known of a pod is not so any more. */
  forget(project: string, pod: string): void {
    const known = this.#proofs.get(project);
    for (const [key, proof] of known ?? []) {
      if (proof.pod !== pod) continue;
      known?.delete(key);
      this.#probing.get(project)?.watch.end(key);
    }
  }

  /** Lets go of a panel that is not there any more: its namespace would stay with what sends probes there. */
  release(project: string): void {
    if (new Panel(project).isThere) return;
    this.#proofs.delete(project);
    this.#probing.get(project)?.watch.stop();
    this.#probing.delete(project);
  }

  stop(): void {
    for (const { watch } of this.#probing.values()) watch.stop();
  }

  /** @throws HeddleError ERR_NETWORK where no traffic of the project is led */
  async #probingOf(project: string): Promise<Probing> {
    const panel = new Panel(project);
    const before = this.#probing.get(project);
    const maps = statSync(panel.probes.probes, { throwIfNoEntry: false })?.ino;
    if (maps === undefined)
      throw new HeddleError('ERR_NETWORK', 'there is no patch panel that traffic is led over');
    if (before && !before.prober.isEnded && before.maps === maps) return before;
    before?.watch.stop();
    // What was watched is not any more, and has to be proved again.
    this.#proofs.delete(project);
    await panel.openLoopback();
    const prober = new Prober(panel.probes, (why) => this.#listener.warn(project, why));
    const namespace = `/run/netns/${panel.namespace.name}`;
    const watch = new Watch(prober, namespace, (key) => this.#break(project, key));
    const probing = { prober, watch, maps };
    this.#probing.set(project, probing);
    return probing;
  }

  #break(project: string, key: string): void {
    const proof = this.#proofs.get(project)?.get(key);
    if (!proof) return;
    const failed = broken(proof, new Date());
    this.#proofs.get(project)?.set(key, failed);
    this.#listener.broken(failed, project);
  }
}

function keyOf({ pod, chain }: ChainProof): string {
  return `${pod} ${chain}`;
}
