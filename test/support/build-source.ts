/** A build that asks for nothing special; its context is still to be said. */
export const buildSource = {
  kind: 'build',
  args: {},
  labels: {},
  extraHosts: [],
  noCache: false,
  pull: false,
  tags: [],
  always: false,
} as const;
