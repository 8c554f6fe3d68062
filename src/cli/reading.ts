import type { UpRequest } from '../api/messages.ts';
import type { Descriptor } from '../descriptor/index.ts';
import type { ProjectOptions } from './command.ts';
import { readDescriptor, specFrom } from './project.ts';
import { type MakingOptions, makingRequest } from './up-options.ts';

/** Reads the files that options name, and says what the node is asked for. */
export function readRequest(
  options: MakingOptions,
  services: readonly string[],
  scale: Readonly<Record<string, number>> = options.scale ?? {},
): { readonly request: UpRequest; readonly descriptor: Descriptor } {
  const descriptor = describedFor(options, services);
  return {
    request: makingRequest(options, specFrom(descriptor, options, scale), descriptor, services),
    descriptor,
  };
}

/** A service that is named need not have its profile enabled, nor what it depends on. */
export function describedFor(options: ProjectOptions, services: readonly string[]): Descriptor {
  const descriptor = readDescriptor(options);
  const isAsleep = services.some((service) => descriptor.inactive.includes(service));
  return isAsleep ? readDescriptor({ ...options, profile: ['*'] }) : descriptor;
}
