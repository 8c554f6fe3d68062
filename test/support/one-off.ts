/** What `run SERVICE` asks for that says nothing else. */
export const plainOneOff = {
  command: [],
  environment: {},
  labels: {},
  mounts: [],
  ports: [],
  servicePorts: false,
  useAliases: false,
  capAdd: [],
  capDrop: [],
  tty: false,
  interactive: false,
} as const;
