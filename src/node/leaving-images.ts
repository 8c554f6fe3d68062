import type { ImagesToRemove } from '../api/messages.ts';
import type { Observed } from '../deploy/observed.ts';
import { label } from '../lib/labels.ts';
import { builtImage, isOwnImage } from '../selector/images.ts';
import type { DeploymentSpec } from '../selector/spec.ts';

interface Use {
  readonly service: string;
  readonly image: string;
}

/** What goes down. */
interface Going {
  readonly project: string;
  /** Services. */
  readonly going: readonly string[];
  readonly observed: Pick<Observed, 'containers'>;
}

/**
 * The images that go with services, and what is said of those that services use which stay. Without a specification, what
 * the containers were made from counts. Pure.
 */
export function leavingImages(
  which: ImagesToRemove,
  spec: DeploymentSpec | undefined,
  { project, going, observed }: Going,
): { readonly leaving: readonly string[]; readonly warnings: readonly string[] } {
  const uses = (spec ? usesIn(spec) : usesBy(observed)).filter(({ image }) => !isOwnImage(image));
  const isMeant = ({ service, image }: Use) =>
    which === 'all' || (isBuilt(spec, image) && untagged(image) === builtImage(project, service));
  const wanted = new Set(
    uses.filter((use) => going.includes(use.service) && isMeant(use)).map(({ image }) => image),
  );
  const users = (image: string) => [
    ...new Set(uses.filter((use) => use.image === image && !going.includes(use.service)).map(serviceOf)),
  ];
  return {
    leaving: [...wanted].filter((image) => users(image).length === 0),
    warnings: [...wanted].flatMap((image) => {
      const names = users(image).join(', ');
      return names === '' ? [] : [`the image ${image} stays: ${names}, which is not taken down, uses it`];
    }),
  };
}

function usesIn({ pods }: DeploymentSpec): Use[] {
  return pods.flatMap(({ role, service, containers }) =>
    role === 'service' && service !== undefined
      ? containers.filter((one) => one.role === 'application').map(({ image }) => ({ service, image }))
      : [],
  );
}

function usesBy({ containers }: Pick<Observed, 'containers'>): Use[] {
  return containers.flatMap(({ labels, image }) => {
    const service = labels[label.service];
    return labels[label.role] === 'application' && service !== undefined ? [{ service, image }] : [];
  });
}

/** Whether the file builds it, as far as that is known. */
function isBuilt(spec: DeploymentSpec | undefined, image: string): boolean {
  return spec === undefined || spec.images[image]?.kind === 'build';
}

/** Engines add the tag that is meant where there is none. */
function untagged(image: string): string {
  return image.replace(/:latest$/, '');
}

function serviceOf({ service }: Use): string {
  return service;
}
