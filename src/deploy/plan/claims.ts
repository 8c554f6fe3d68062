import type { ObservedContainer } from '../../engines/observed.ts';
import type { SandboxSpec } from '../../selector/spec.ts';
import { podOf } from '../observed.ts';
import { connectionsOf } from './connections.ts';
import type { Planning } from './planning.ts';

/**
 * What a new sandbox claims, a fixed address or a published port, may be another's that goes in the same plan: it waits
 * for that one to be gone, and its endpoints for those of that one. Planned when all removals are.
 */
export function planClaims(planning: Planning): void {
  const { builder, observed, pods } = planning;
  for (const pod of pods.values()) {
    const id = `createSandbox ${pod.name}`;
    if (pod.sandbox.kind !== 'own' || !builder.has(id)) continue;
    const wanted = new Set(claimsOf(pod.sandbox));
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
    const theirs = new Set(holders.map(podOf));
    const left = observed.endpoints.filter((endpoint) => theirs.has(endpoint.pod));
    const gone = builder.idsOf(
      'disconnectEndpoint',
      left.map((endpoint) => `${endpoint.pod} ${endpoint.network}`),
    );
    for (const connects of connectionsOf(planning, pod)) builder.delay(connects, gone);
  }
  // To mend one waits for no other.
  if (planning.options.mode === 'up') fixedFirst(planning);
}

/** Who has an address by the file gets it before others are given what is free. */
function fixedFirst({ builder, pods }: Planning): void {
  const places = [...pods.values()].flatMap(({ name, sandbox }) =>
    sandbox.kind === 'own'
      ? sandbox.networks.flatMap(({ network, ipv4, ipv6 }) => {
          const [id] = builder.idsOf('connectEndpoint', [`${name} ${network}`]);
          return id === undefined ? [] : [{ id, network, isFixed: (ipv4 ?? ipv6) !== undefined }];
        })
      : [],
  );
  for (const there of Map.groupBy(places, ({ network }) => network).values()) {
    const fixed = there.filter(({ isFixed }) => isFixed).map(({ id }) => id);
    for (const { id, isFixed } of there) if (!isFixed) builder.delay(id, fixed);
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
