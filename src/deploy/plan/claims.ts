import type { ObservedContainer } from '../../engines/observed.ts';
import type { SandboxSpec } from '../../selector/spec.ts';
import type { Planning } from './planning.ts';

/**
 * What a new sandbox claims, a fixed address or a published port, may be another's that goes in the same plan: it waits
 * for that one to be gone. Planned when all removals are.
 */
export function planClaims({ builder, observed, pods }: Planning): void {
  for (const { name, sandbox } of pods.values()) {
    const id = `createSandbox ${name}`;
    if (sandbox.kind !== 'own' || !builder.has(id)) continue;
    const wanted = new Set(claimsOf(sandbox));
    if (wanted.size === 0) continue;
    const holders = observed.containers.filter((container) =>
      heldBy(container).some((claim) => wanted.has(claim)),
    );
    builder.delay(
      id,
      builder.idsOf(
        'removeContainer',
        holders.map((container) => container.name),
      ),
    );
  }
}

function claimsOf({ networks, ports }: SandboxSpec): string[] {
  return [
    ...networks.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].filter((address) => address !== undefined)),
    ...ports.flatMap(({ published, protocol }) =>
      published === undefined ? [] : [`${published}/${protocol}`],
    ),
  ];
}

function heldBy({ networks, ports }: ObservedContainer): string[] {
  return [
    ...networks.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].filter((address) => address !== undefined)),
    ...ports.map(({ host, target }) => `${host.slice(host.lastIndexOf(':') + 1)}/${target.split('/')[1]}`),
  ];
}
