/** Labels that Heddle puts on the engine's objects: what is Heddle's is known by them, and by nothing else. */
export const label = {
  project: 'io.heddle.project',
  pod: 'io.heddle.pod',
  /** Name within the pod: `sandbox`, `app`, `flows.probe`. */
  container: 'io.heddle.container',
  role: 'io.heddle.role',
  /** What the pod is: `service`, `agent`, `collector`, `function`. On its sandbox. */
  podRole: 'io.heddle.pod-role',
  service: 'io.heddle.service',
  feature: 'io.heddle.feature',
  /** Keyed hash of the specification that the object was made from. */
  hash: 'io.heddle.hash',
} as const;

/** Labels of Docker Compose, which other tools read. */
export const composeLabel = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
} as const;

export type Labels = Readonly<Record<string, string>>;
