import { hasOthers } from '../../deploy/stopped.ts';
import type { PortMatch } from '../../descriptor/chain.ts';
import { type ChainProof, failureOf, stateOf } from '../../networks/path/proof/proof.ts';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import type { ChainSpec } from '../../selector/chain-spec.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';

type State = ChainStatus['state'];
/** What a chain is that is not the same at all its pods: the worst first. */
const worst: readonly State[] = ['failed', 'unproven', 'waiting', 'proven'];

/** The chains of an application, and what is known of each. Pure. */
export function chainStatuses(
  { chains = [], pods }: DeploymentSpec,
  proofs: readonly ChainProof[],
  stopped: ReadonlySet<string>,
): ChainStatus[] {
  return chains.map((chain) => {
    const at = pods.filter((pod) => pod.chains?.some((one) => one.chain === chain.name));
    const led = at.flatMap((pod) => pod.chains?.find((one) => one.chain === chain.name) ?? []);
    const missing = led.flatMap((one) =>
      one.path.filter((fn) => stopped.has(fn) && !hasOthers(one, fn, stopped)),
    );
    return chainStatus(
      chain,
      [...new Set(missing)],
      at.map(({ name }) => ({
        pod: name,
        proof: proofs.find((proof) => proof.pod === name && proof.chain === chain.name),
      })),
    );
  });
}

function chainStatus(
  { name, from, to, ports, through, onFailure }: ChainSpec,
  stopped: readonly string[],
  known: readonly { readonly pod: string; readonly proof: ChainProof | undefined }[],
): ChainStatus {
  const pods = known.map(({ pod, proof }) => ({
    pod,
    state: proof ? stateOf(proof) : ('unproven' as const),
    at: proof?.at ?? null,
    probes: (proof?.passings ?? []).map(({ hops, ...passing }) => ({ ...passing, hops: [...hops] })),
  }));
  const isCut = stopped.length > 0 && onFailure === 'closed';
  const state = isCut ? 'failed' : (worst.find((one) => pods.some((pod) => pod.state === one)) ?? 'waiting');
  const times = pods.flatMap(({ at }) => at ?? []).sort();
  const failures = known.flatMap(({ proof }) => (proof ? (failureOf(proof) ?? []) : []));
  return {
    chain: name,
    from,
    to,
    ports: ports.map(portText),
    through: [...through],
    onFailure,
    state,
    reason: stoppedReason(stopped, onFailure) ?? failures[0] ?? reasons[state],
    bypassed: onFailure === 'open' ? [...stopped] : [],
    at: times.length === pods.length ? (times[0] ?? null) : null,
    pods,
  };
}

const reasons: Readonly<Record<State, string | null>> = {
  failed: null,
  unproven: 'no probe has been sent yet',
  waiting: 'nobody is at the other end',
  proven: null,
};

function stoppedReason(stopped: readonly string[], onFailure: ChainSpec['onFailure']): string | undefined {
  if (stopped.length === 0) return undefined;
  const which = `${stopped.join(', ')} ${stopped.length > 1 ? 'do' : 'does'} not run`;
  return onFailure === 'open' ? `bypassed: ${which}` : `nothing of it passes: ${which}`;
}

function portText({ protocol, from, to }: PortMatch): string {
  return from === to ? `${from}/${protocol}` : `${from}-${to}/${protocol}`;
}
