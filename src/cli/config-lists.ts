import type { Descriptor } from '../descriptor/index.ts';

/** What `config` prints instead of the file, an item a line. */
const lists = {
  services: ({ application }: Descriptor) => Object.keys(application.services),
  networks: ({ application }: Descriptor) => Object.keys(application.networks),
  volumes: ({ application }: Descriptor) => Object.keys(application.volumes),
  profiles: ({ profiles }: Descriptor) => profiles,
  images: ({ application }: Descriptor) =>
    Object.values(application.services).map(
      ({ name, image }) => image ?? `localhost/${application.name}-${name}`,
    ),
  environment: ({ environment }: Descriptor) =>
    [...environment].map(([name, value]) => `${name}=${value}`).sort(),
};

export type Listed = keyof typeof lists;

/** Each with what it is called in the help. */
export const listedKinds: readonly (readonly [Listed, string])[] = [
  ['services', 'the names of the services'],
  ['networks', 'the names of the networks'],
  ['volumes', 'the names of the volumes'],
  ['profiles', 'the names of the profiles'],
  ['images', 'the images of the services'],
  ['environment', 'the variables that the file is filled in from'],
];

export function listOf(kind: Listed, descriptor: Descriptor): string[] {
  return [...new Set(lists[kind](descriptor))];
}
