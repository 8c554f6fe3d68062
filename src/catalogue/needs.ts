/** What not every engine offers, and a feature may need. */
export const engineCapabilities = ['host', 'console', 'networks'] as const;

/**
 * `host`: its containers are on this host, where their namespaces, links and files are reached. `console`: programs can
 * be run in containers, and what they print can be read. `networks`: it has networks of its own, with names and published ports.
 */
export type EngineCapability = (typeof engineCapabilities)[number];
