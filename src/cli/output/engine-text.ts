/** The engine of a node in words: `podman 4.3.1 at unix:///run/podman/podman.sock`. Pure. */
export function engineText(engine: {
  readonly kind: string;
  readonly version: string;
  readonly endpoint: string;
}): string {
  const { kind, version, endpoint } = engine;
  return kind === 'none' ? 'none: for networks alone' : `${kind} ${version} at ${endpoint}`;
}
