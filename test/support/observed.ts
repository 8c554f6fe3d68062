import { chainInputs } from '../../src/deploy/chain-inputs.ts';
import { definitionOf, networkHash, sandboxDefinitionOf } from '../../src/deploy/definition.ts';
import { functionInputs } from '../../src/deploy/function-inputs.ts';
import { guardInputs } from '../../src/deploy/guard-neighbours.ts';
import { containerLabels, resourceLabels, sandboxLabels } from '../../src/deploy/labels.ts';
import { endpointWishes } from '../../src/deploy/network-wish.ts';
import { type Observed, runOf } from '../../src/deploy/observed.ts';
import type { ObservedContainer } from '../../src/engines/observed.ts';
import { canonicalJson } from '../../src/lib/hash.ts';
import type { Labels } from '../../src/lib/labels.ts';
import { label } from '../../src/lib/labels.ts';
import { sandboxName } from '../../src/selector/pod-names.ts';
import type { DeploymentSpec } from '../../src/selector/spec.ts';

export const hash = (value: unknown) => canonicalJson(value);

/** What would be observed if a specification had been carried out; sandboxes at 1000 ms, what is in them at 2000 ms. */
export function deployed(spec: DeploymentSpec): Observed {
  const containers = spec.pods.flatMap((pod) => {
    const inPod = pod.containers.map((container) =>
      running(
        container.name,
        container.image,
        2000,
        containerLabels(spec.project, pod, container, hash(definitionOf(container))),
      ),
    );
    if (pod.sandbox.kind !== 'own') return inPod;
    const { sandbox } = pod;
    const labels = sandboxLabels(spec.project, pod, hash(sandboxDefinitionOf(sandbox)));
    const networks = sandbox.networks.map(({ network, ipv4 }) => ({ network, ...(ipv4 && { ipv4 }) }));
    const ports = sandbox.ports.map(({ target, published, hostIp = '0.0.0.0', protocol }) => ({
      target: `${target}/${protocol}`,
      host: `${hostIp}:${published}`,
    }));
    return [{ ...running(sandbox.name, sandbox.image, 1000, labels), networks, ports }, ...inPod];
  });
  const guarded = spec.pods.some((pod) => pod.function ?? pod.chains);
  return {
    containers,
    ...(guarded && { guard: hash(guardInputs(spec, containers)) }),
    networks: spec.networks.map((network) => ({
      name: network.name,
      own: true,
      ...(network.owner !== 'engine' && { owner: network.owner }),
      hash: resourceLabels(spec.project, networkHash(network, hash))[label.hash] ?? '',
    })),
    volumes: spec.volumes.map(({ name }) => ({ name, own: true })),
    foreign: [],
    images: Object.fromEntries(
      Object.keys(spec.images).map((reference) => [reference, `id of ${reference}`]),
    ),
    endpoints: spec.pods.flatMap((pod) =>
      [...endpointWishes(pod, spec.networks)].map(([network, wish]) => ({
        pod: pod.name,
        network,
        hash: hash(wish),
        run: runOf({ id: sandboxName(pod.name), startedAt: 1000 }),
        isReady: true,
      })),
    ),
    paths: spec.pods.flatMap(({ name: pod, path }) => (path.length > 0 ? [{ pod, path, whole: true }] : [])),
    ...(spec.chains && { chains: chainsOf(spec, containers) }),
    strays: {},
    functions: Object.fromEntries(
      spec.pods
        .filter((pod) => pod.function)
        .map((pod) => [pod.name, hash(functionInputs(spec, containers, pod))]),
    ),
    management: spec.pods.flatMap((pod) =>
      pod.management ? [{ pod: pod.name, isolated: pod.management.isolated, sent: 0, received: 0 }] : [],
    ),
  };
}

function chainsOf(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
): NonNullable<Observed['chains']> {
  const led = spec.pods.filter(({ chains }) => chains);
  return Object.fromEntries(
    led.map((pod) => {
      const paths = Object.fromEntries((pod.chains ?? []).map(({ chain, path }) => [chain, path]));
      return [pod.name, { paths, digest: hash(chainInputs(spec, containers, pod)) }];
    }),
  );
}

/** The same with one container changed, or taken away. */
export function with_(
  observed: Observed,
  name: string,
  change: { readonly [Key in keyof ObservedContainer]?: ObservedContainer[Key] | undefined } | undefined,
): Observed {
  const containers = observed.containers.flatMap((container) => {
    if (container.name !== name) return [container];
    return change === undefined ? [] : [{ ...container, ...change } as ObservedContainer];
  });
  return { ...observed, containers };
}

function running(name: string, image: string, startedAt: number, labels: Labels): ObservedContainer {
  return {
    id: name,
    name,
    labels,
    image,
    imageId: `id of ${image}`,
    state: 'running',
    pid: 1,
    startedAt,
    networks: [],
    ports: [],
  };
}
