export const sharingLevels = ['none', 'network', 'network+pid', 'network+pid+mounts'] as const;

/** Which namespaces (and files) of the application an agent shares, from least to most. */
export type SharingLevel = (typeof sharingLevels)[number];
