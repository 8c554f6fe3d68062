import type { ObservedAddress, ObservedContainer } from '../engines/engine.ts';
import { label } from '../lib/labels.ts';
import { type FirewallRules, servicesIn } from '../networks/firewall/rules.ts';
import type { ServiceAddresses } from '../networks/firewall/ruleset.ts';
import type { DeploymentSpec, PodSpec } from '../selector/spec.ts';

/** All that a function's configuration depends on: when it changes, the function is configured anew. */
export interface FunctionInputs {
  readonly rules: FirewallRules;
  /** The protected pod's own addresses, sorted. */
  readonly own: readonly ObservedAddress[];
  readonly services: ServiceAddresses;
}

export function functionInputs(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
  pod: PodSpec,
): FunctionInputs | undefined {
  if (!pod.function) return undefined;
  const { rules, pod: guarded } = pod.function;
  const running = containers.filter(({ state }) => state === 'running');
  const services = servicesIn(rules).map((service) => {
    const pods = spec.pods.filter((other) => other.role === 'service' && other.service === service);
    // An address that nobody holds now could be taken by anybody: nobody is let in from it.
    const addresses = pods.flatMap((other) => addressesOf(running, other.name));
    return [
      service,
      {
        ipv4: addresses.flatMap(({ ipv4 }) => ipv4 ?? []).sort(),
        ipv6: addresses.flatMap(({ ipv6 }) => ipv6 ?? []).sort(),
      },
    ] as const;
  });
  return { rules, own: addressesOf(containers, guarded), services: Object.fromEntries(services) };
}

function addressesOf(containers: readonly ObservedContainer[], pod: string): ObservedAddress[] {
  const sandbox = containers.find(
    (container) => container.labels[label.pod] === pod && container.labels[label.role] === 'sandbox',
  );
  return [...(sandbox?.networks ?? [])].sort((a, b) => (a.network < b.network ? -1 : 1));
}
