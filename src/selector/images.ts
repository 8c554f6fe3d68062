import type { CatalogueImage } from '../catalogue/folder.ts';
import type { Catalogue } from '../catalogue/load.ts';
import type { Service } from '../descriptor/application.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { HeddleError } from '../lib/errors.ts';
import type { ImageSource } from './spec.ts';

/** What the catalogue's images are built from; made from Debian packages where no registry can be reached. */
export const baseImage = 'localhost/heddle/base:bookworm';
const base = { kind: 'base', registry: 'docker.io/library/debian:bookworm-slim' } as const;

const ownPrefix = 'localhost/heddle/';

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
    this.#sources[baseImage] ??= base;
    this.#sources[image.reference] ??= sourceOf(image);
    return image.reference;
  }

  /** That of a service, which may name one of the catalogue. */
  ofService(project: string, service: Service): string {
    const own = service.build ? undefined : ownName(service.image);
    if (own !== undefined && this.#catalogue.images[own]) return this.ofTemplate(own);
    const reference = imageOf(project, service);
    this.#sources[reference] = service.build
      ? { kind: 'build', ...service.build, always: service.pullPolicy === 'build' }
      : { kind: 'registry', policy: registryPolicy(service.pullPolicy) };
    return reference;
  }
}

/** The image of a service: that it names, or the one that is built for it. */
export function imageOf(project: string, service: Service): string {
  return service.image ?? builtImage(project, service.name);
}

/** What the image of a service is called that the file builds and gives no name. */
export function builtImage(project: string, service: string): string {
  return `localhost/${project}-${service}`;
}

/** What the catalogue's is called that a service names without the tag, which says what it was made from. */
function ownName(image = ''): string | undefined {
  const name = image.slice(ownPrefix.length);
  return isOwnImage(image) && !name.includes(':') ? name : undefined;
}

/** Whether an image is one of Heddle's own, of its features or of a template. */
export function isOwnImage(reference: string): boolean {
  return reference.startsWith(ownPrefix);
}

/**
 * The images of a catalogue and those they are built from, and which of them have these names: all, without any.
 * @throws HeddleError ERR_IMAGE_MISSING for a name that the catalogue does not have
 */
export function catalogueImages(
  catalogue: Catalogue,
  names: readonly string[],
): { sources: Record<string, ImageSource>; wanted: string[] } {
  const images = Object.values(catalogue.images);
  const byName = new Map([
    ['base', baseImage],
    ...images.map((image) => [image.name, image.reference] as const),
  ]);
  const wanted = (names.length > 0 ? names : [...byName.keys()]).map((name) => {
    const reference = byName.get(name);
    if (reference !== undefined) return reference;
    throw new HeddleError('ERR_IMAGE_MISSING', `the catalogue has no image "${name}"`, {
      hint: didYouMean(name, [...byName.keys()]),
    });
  });
  const sources = Object.fromEntries(images.map((image) => [image.reference, sourceOf(image)]));
  return { sources: { [baseImage]: base, ...sources }, wanted };
}

function sourceOf({ folder }: CatalogueImage): ImageSource {
  return { kind: 'catalogue', folder, base: baseImage };
}

function registryPolicy(policy: Service['pullPolicy']): 'missing' | 'always' | 'never' {
  return policy === 'always' || policy === 'never' ? policy : 'missing';
}
