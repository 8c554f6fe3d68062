type Environment = Readonly<Record<string, string | undefined>>;

/** What the launcher puts before the names of variables that Heddle's own runtime would follow. */
const KEPT = 'HEDDLE_CALLER_';

/** The environment as the caller has it, for the services of a project: with what the launcher keeps from its runtime. */
export function callerEnvironment(env: Environment = process.env): Environment {
  const entries = Object.entries(env).map(([name, value]) => [
    name.startsWith(KEPT) ? name.slice(KEPT.length) : name,
    value,
  ]);
  return Object.fromEntries(entries);
}

/** What a node may take from the environment of the command that starts it: where things are, and how engines are reached. */
const NODES_OWN =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|XDG_[A-Z_]+|DBUS_[A-Z_]+|(CONTAINERS?|DOCKER|PODMAN|BUILDAH|BUILDKIT|STORAGE|REGISTRY)_[A-Z_]+|KUBECONFIG|HEDDLE_(?!CALLER_)[A-Z_]+|(https?|no|all)_proxy|(HTTPS?|NO|ALL)_PROXY)$/;

/**
 * The environment of a node that a command starts. It runs as root, and longer than the command: nothing of a project's is in
 * it, neither its secrets nor what would change a runtime.
 */
export function nodeEnvironment(env: Environment = process.env): Record<string, string> {
  const entries = Object.entries(env).filter(([name, value]) => value !== undefined && NODES_OWN.test(name));
  return Object.fromEntries(entries) as Record<string, string>;
}
