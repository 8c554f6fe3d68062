import type { UpRequest } from '../../api/messages.ts';
import type { MakeRequest } from '../../api/project.ts';
import type { Descriptor } from '../../descriptor/index.ts';
import type { DeploymentSpec, ImageSource } from '../../selector/spec.ts';

/** What a project's application is made from: its specification, with what was asked for besides. */
export function upRequest(
  { project: _source, scale: _scale, keepScale: _keep, pull, build, ...asked }: MakeRequest,
  spec: DeploymentSpec,
  { inactive, named, application }: Pick<Descriptor, 'inactive' | 'named' | 'application'>,
): UpRequest {
  const { services = [] } = asked;
  return {
    ...asked,
    services,
    spec: { ...spec, images: imagesFor({ pull, build }, spec.images) },
    inactive: inactive.filter((service) => !services.includes(service)),
    empty: Object.keys(application.services).filter((name) =>
      spec.pods.every(({ service }) => service !== name),
    ),
    named,
    build: build === true,
  };
}

/** The images with what was asked for in place of `pull_policy` and `build`. */
function imagesFor(
  { pull = 'policy', build }: { pull: MakeRequest['pull']; build: boolean | undefined },
  images: DeploymentSpec['images'],
): DeploymentSpec['images'] {
  const change = (source: ImageSource): ImageSource => {
    if (source.kind === 'registry' && pull !== 'policy' && pull !== 'build')
      return { ...source, policy: pull };
    if (source.kind === 'build' && build === false) return { kind: 'registry', policy: 'never' };
    return source;
  };
  return Object.fromEntries(Object.entries(images).map(([name, source]) => [name, change(source)]));
}
