import type { PresentImage } from '../../api/contracts/images.ts';
import type { DeploymentSpec, ImageSource } from '../../selector/spec.ts';

// Which images that are built at one node another needs. Pure.

/** Those that pods use and that are built. */
export function builtImages({ pods, images }: Pick<DeploymentSpec, 'pods' | 'images'>): string[] {
  const used = new Set(pods.flatMap(({ containers }) => containers.map(({ image }) => image)));
  return [...used].filter((reference) => images[reference]?.kind === 'build');
}

/** Those that are to be built here before: they are nowhere, or were asked for. */
export function imagesToBuild(
  wanted: readonly string[],
  images: Readonly<Record<string, ImageSource>>,
  build: boolean,
  here: readonly PresentImage[],
  there: readonly PresentImage[],
): string[] {
  const isAnew = (source: ImageSource | undefined) => build || (source?.kind === 'build' && source.always);
  return wanted.filter(
    (reference) => isAnew(images[reference]) || !(idOf(here, reference) ?? idOf(there, reference)),
  );
}

/** What is here is what the other is to have. */
export function imagesToSend(
  here: readonly PresentImage[],
  there: readonly PresentImage[],
): { readonly reference: string; readonly id: string }[] {
  return here.flatMap(({ reference, id }) =>
    id !== null && id !== idOf(there, reference) ? [{ reference, id }] : [],
  );
}

function idOf(images: readonly PresentImage[], reference: string): string | null {
  return images.find((one) => one.reference === reference)?.id ?? null;
}
