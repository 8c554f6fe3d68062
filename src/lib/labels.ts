/** Labels that Heddle puts on the engine's objects: what is Heddle's is known by them, and by nothing else. */
export const label = {
  project: 'io.heddle.project',
  pod: 'io.heddle.pod',
  /** Name within the pod: `sandbox`, `app`, `flows.probe`. */
  container: 'io.heddle.container',
  role: 'io.heddle.role',
  /** What the pod is: `service`, `agent`, `collector`, `function`. On its sandbox. */
  podRole: 'io.heddle.pod-role',
  /** On what belongs to a function: the pod whose traffic passes it. */
  pathOf: 'io.heddle.path-of',
  service: 'io.heddle.service',
  feature: 'io.heddle.feature',
  /** On a one-off: that it goes when it has ended. */
  remove: 'io.heddle.remove',
  /** Milliseconds that it is given to end (`stop_grace_period`). */
  grace: 'io.heddle.stop-grace',
  /** Keyed hash of the specification that the object was made from. */
  hash: 'io.heddle.hash',
  /** On an endpoint: the run of the sandbox whose namespace it is in. */
  run: 'io.heddle.run',
  /** On a sandbox: the networks that are not the engine's, by commas. */
  networks: 'io.heddle.networks',
} as const;

/** Labels of Docker Compose, which other tools read. */
export const composeLabel = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  /** Of the replica, from 1. */
  index: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  /** Of `depends_on`, so that `down` needs no file: `db:service_healthy:false,…`. */
  dependsOn: 'com.docker.compose.depends_on',
  workingDir: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
} as const;

export type Labels = Readonly<Record<string, string>>;

/** Whether a container was made by `run`, beside the replicas of its service. */
export function isOneOff(labels: Labels): boolean {
  return labels[composeLabel.oneOff] === 'True';
}
