import type { AllNotes } from '../../deploy/function-hooks/notes.ts';
import { notReady } from '../../deploy/function-hooks/readiness.ts';
import { standInsFor } from '../../deploy/stand-ins.ts';
import { hasOthers } from '../../deploy/stopped.ts';
import { servicePortsText } from '../../descriptor/chain-words.ts';
import { hookNames } from '../../descriptor/function-hooks.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { type ChainProof, failureOf, stateOf } from '../../networks/path/proof/proof.ts';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import { hopsThrough, type PanelTelemetry } from '../../networks/path/telemetry/telemetry.ts';
import type { ChainSpec, PodChain } from '../../selector/chain-spec.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';

/** What is noted of the hooks of functions, and the containers that these are in. */
interface KnownHooks {
  readonly notes: AllNotes;
  readonly containers: readonly ObservedContainer[];
}

type State = ChainStatus['state'];
/** What a chain is that is not the same at all its pods: the worst first. */
const worst: readonly State[] = ['failed', 'unproven', 'waiting', 'proven'];

/** The chains of an application, and what is known of each. Pure. */
export function chainStatuses(
  { chains = [], pods }: DeploymentSpec,
  proofs: readonly ChainProof[],
  stopped: ReadonlySet<string>,
  hooks: KnownHooks = { notes: {}, containers: [] },
  telemetry?: PanelTelemetry,
): ChainStatus[] {
  const unready = notReady({ pods }, hooks.containers, hooks.notes);
  const standIns = standInsFor({ pods }, hooks.containers);
  return chains.map((chain) => {
    const at = pods.filter((pod) => pod.chains?.some((one) => one.chain === chain.name));
    const led = at.flatMap((pod) => pod.chains?.find((one) => one.chain === chain.name) ?? []);
    const passed = [...new Set(led.flatMap(({ path }) => path))];
    const isMissing = (one: PodChain) => (fn: string) =>
      stopped.has(fn) && !hasOthers(one, fn, stopped) && !(chain.onFailure === 'open' && standIns.has(fn));
    const missing = new Set(led.flatMap((one) => one.path.filter(isMissing(one))));
    return chainStatus(
      chain,
      [...missing].map((name) => ({ name, why: unready.get(name)?.why })),
      hookStatuses(passed, hooks.notes),
      at.map(({ name, path: own, chains: led = [] }) => {
        const functions = led.find((one) => one.chain === chain.name)?.path ?? [];
        const way = { pod: name, chain: chain.name, functions, own };
        return {
          pod: name,
          proof: proofs.find((proof) => proof.pod === name && proof.chain === chain.name),
          telemetry: telemetry ? hopsThrough(way, telemetry, stopped) : [],
        };
      }),
    );
  });
}

interface AtPod {
  readonly pod: string;
  readonly proof: ChainProof | undefined;
  readonly telemetry: ChainStatus['pods'][number]['telemetry'];
}

function chainStatus(
  { name, from, to, ports, through, onFailure }: ChainSpec,
  stopped: readonly Stopped[],
  hooks: ChainStatus['hooks'],
  known: readonly AtPod[],
): ChainStatus {
  const pods = known.map(({ pod, proof, telemetry }) => ({
    pod,
    state: proof ? stateOf(proof) : ('unproven' as const),
    at: proof?.at ?? null,
    probes: (proof?.passings ?? []).map(({ hops, ...passing }) => ({ ...passing, hops: [...hops] })),
    telemetry,
  }));
  const isCut = stopped.length > 0 && onFailure === 'closed';
  const state = isCut ? 'failed' : (worst.find((one) => pods.some((pod) => pod.state === one)) ?? 'waiting');
  const times = pods.flatMap(({ at }) => at ?? []).sort();
  const failures = known.flatMap(({ proof }) => (proof ? (failureOf(proof) ?? []) : []));
  return {
    chain: name,
    from,
    to,
    ports: ports.map(servicePortsText),
    through: [...through],
    onFailure,
    state,
    reason: stoppedReason(stopped, onFailure) ?? failures[0] ?? reasons[state],
    bypassed: onFailure === 'open' ? stopped.map(({ name }) => name) : [],
    at: times.length === pods.length ? (times[0] ?? null) : null,
    pods,
    hooks,
  };
}

const reasons: Readonly<Record<State, string | null>> = {
  failed: null,
  unproven: 'no probe has been sent yet',
  waiting: 'nobody is at the other end',
  proven: null,
};

/** A function of a chain that does not run, or why it is not ready. */
interface Stopped {
  readonly name: string;
  readonly why: string | undefined;
}

function stoppedReason(stopped: readonly Stopped[], onFailure: ChainSpec['onFailure']): string | undefined {
  if (stopped.length === 0) return undefined;
  const ended = stopped.flatMap(({ name, why }) => (why === undefined ? [name] : []));
  const which = [
    ...(ended.length > 0 ? [`${ended.join(', ')} ${ended.length > 1 ? 'do' : 'does'} not run`] : []),
    ...stopped.flatMap(({ name, why }) => (why === undefined ? [] : [`${name} is not ready: ${why}`])),
  ].join('; ');
  return onFailure === 'open' ? `bypassed: ${which}` : `nothing of it passes: ${which}`;
}

/** The last call of each hook of a chain's functions, in their order. */
function hookStatuses(passed: readonly string[], notes: AllNotes): ChainStatus['hooks'] {
  return passed.flatMap((fn) =>
    hookNames.flatMap((hook) => {
      const call = notes[fn]?.calls[hook];
      return call
        ? [{ function: fn, hook, at: call.at, took: call.took, failure: call.failure ?? null }]
        : [];
    }),
  );
}
