import type { Catalogue } from '../catalogue/load.ts';
import type { Service } from '../descriptor/application.ts';
import type { ImageSource } from './spec.ts';

/** What the catalogue's images are built from; made from Debian packages where no registry can be reached. */
export const baseImage = 'localhost/heddle/base:bookworm';
const baseInRegistry = 'docker.io/library/debian:bookworm-slim';

/** The images that a deployment needs, and where each comes from. */
export class ImageTable {
  readonly #catalogue: Catalogue;
  readonly #sources: Record<string, ImageSource> = {};

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  sources(): Readonly<Record<string, ImageSource>> {
    return this.#sources;
  }

  /** The reference of a template's image: a folder of the catalogue, or a reference to pull. */
  ofTemplate(name: string): string {
    const image = this.#catalogue.images[name];
    if (!image) {
      this.#sources[name] ??= { kind: 'registry', policy: 'missing' };
      return name;
    }
    this.#sources[baseImage] ??= { kind: 'base', registry: baseInRegistry };
    this.#sources[image.reference] ??= { kind: 'catalogue', folder: image.folder, base: baseImage };
    return image.reference;
  }

  ofService(project: string, service: Service): string {
    const reference = service.image ?? `localhost/${project}-${service.name}`;
    this.#sources[reference] = service.build
      ? { kind: 'build', ...service.build, always: service.pullPolicy === 'build' }
      : { kind: 'registry', policy: registryPolicy(service.pullPolicy) };
    return reference;
  }
}

function registryPolicy(policy: Service['pullPolicy']): 'missing' | 'always' | 'never' {
  return policy === 'always' || policy === 'never' ? policy : 'missing';
}
