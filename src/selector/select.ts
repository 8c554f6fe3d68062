import type { Catalogue } from '../catalogue/load.ts';
import type { Descriptor } from '../descriptor/index.ts';
import { InvalidInput } from '../lib/errors.ts';
import { archetypes } from '../networks/archetypes.ts';
import { archetypeConflicts } from './archetype-conflicts.ts';
import { chainsOf, featuresOf } from './chains/chains.ts';
import { chainSpec, placeChain } from './chains/place.ts';
import type { Deployment } from './deployment.ts';
import { nameConflicts } from './engine-names.ts';
import { byFeature } from './features.ts';
import { outputConflicts } from './function-outputs.ts';
import { functionConflicts } from './function-services.ts';
import { ImageTable } from './images.ts';
import { jobConflicts, jobSpecs, replicasOf } from './jobs.ts';
import { placeFeature } from './management.ts';
import { missingValues } from './missing-values.ts';
import type { EngineOffer } from './needs.ts';
import { type OneOff, oneOffPod } from './one-off.ts';
import { placeConflicts } from './places.ts';
import { PodTable } from './pod-table.ts';
import { networkSpecs, volumeSpecs } from './resources.ts';
import { scalingConflicts, scalingSpecs } from './scaling.ts';
import { servicePods } from './service-pods.ts';
import type { DeploymentSpec } from './spec.ts';
import { untrusted } from './template-trust.ts';

export interface SelectOptions {
  /** Templates of the user's own that may ask for rights over the host. */
  readonly allowPrivileged?: readonly string[];
  /** The engine that has to offer what features need; absent where there is none yet, and nothing is refused for it. */
  readonly engine?: EngineOffer;
  /** Replicas by service, over what the file says. */
  readonly scale?: Readonly<Record<string, number>>;
  /** A container beside the replicas of a service. */
  readonly oneOff?: OneOff;
}

/**
 * Turns an application and the features asked for into the complete deployment specification. Pure.
 * @throws InvalidInput naming every feature that cannot be had as asked for
 */
export function select(
  descriptor: Descriptor,
  catalogue: Catalogue,
  options: SelectOptions = {},
): DeploymentSpec {
  const { application } = descriptor;
  const images = new ImageTable(catalogue);
  const { pods, diagnostics: conflicts } = servicePods(descriptor, images, options.scale ?? {});
  const { uses, diagnostics } = byFeature(descriptor, catalogue, options.engine);
  const { chains, diagnostics: broken } = chainsOf(descriptor, catalogue, options.engine);
  const templates = [...uses, ...chains.flatMap(featuresOf)].map(({ template }) => template);
  const errors = [
    ...missingValues(descriptor),
    ...archetypeConflicts(descriptor, archetypes),
    ...conflicts,
    ...functionConflicts(descriptor, catalogue, options.scale ?? {}),
    ...outputConflicts(descriptor),
    ...scalingConflicts(descriptor, options.scale ?? {}),
    ...jobConflicts(descriptor, options.scale ?? {}),
    ...placeConflicts(descriptor, (service) => scaledTo(options.scale, service.name) ?? replicasOf(service)),
    ...diagnostics,
    ...broken,
    ...untrusted(templates, options.allowPrivileged ?? []),
  ];
  if (errors.length > 0) throw new InvalidInput(errors);

  const asked = options.oneOff && application.services[options.oneOff.service];
  const once = asked && options.oneOff ? [oneOffPod(descriptor, asked, options.oneOff, images)] : [];
  const deployment: Deployment = {
    project: application.name,
    images,
    pods: new PodTable([...pods, ...once]),
    features: [],
  };
  for (const use of uses) placeFeature(deployment, use);
  for (const use of chains) placeChain(deployment, descriptor, use);
  const names = nameConflicts(descriptor, deployment.pods.all);
  if (names.length > 0) throw new InvalidInput(names);
  const scaling = scalingSpecs(application);
  const jobs = jobSpecs(application);
  const published = Object.values(application.services).flatMap(({ name, edge }) =>
    edge ? { service: name, ...edge } : [],
  );
  return {
    project: application.name,
    source: { dir: application.dir, files: application.files },
    images: images.sources(),
    networks: networkSpecs(application),
    volumes: volumeSpecs(application),
    pods: deployment.pods.all,
    features: deployment.features,
    ...(published.length > 0 && { edge: published }),
    ...(scaling.length > 0 && { scaling }),
    ...(jobs.length > 0 && { jobs }),
    ...choicesOf(application),
    ...(chains.length > 0 && { chains: chains.map(chainSpec) }),
  };
}

function scaledTo(scale: SelectOptions['scale'] = {}, service: string): number | undefined {
  return Object.hasOwn(scale, service) ? scale[service] : undefined;
}

function choicesOf({ networks }: Descriptor['application']): Pick<DeploymentSpec, 'choices'> {
  const choices = Object.values(networks).flatMap(({ key, chosen }) =>
    chosen?.archetype === undefined
      ? []
      : [{ network: key, archetype: chosen.archetype, reason: chosen.reason, cautions: chosen.cautions }],
  );
  return choices.length > 0 ? { choices } : {};
}
