import path from 'node:path';

/** Where the node keeps what has to last, and what lasts until the next boot. */
export interface NodePaths {
  /** State folder, 0700: `/var/lib/heddle`. */
  readonly stateDir: string;
  /** Run folder, 0700: `/run/heddle`. */
  readonly runDir: string;
  /** The node's API. */
  readonly socket: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Flags over HEDDLE_STATE_DIR and HEDDLE_RUN_DIR over the places where Debian has such things (FHS 3.0, 3.15 and 5.8). */
export function nodePaths(env: Env, flags: { stateDir?: string; socket?: string } = {}): NodePaths {
  const stateDir = path.resolve(flags.stateDir ?? (env['HEDDLE_STATE_DIR'] || '/var/lib/heddle'));
  const runDir = path.resolve(env['HEDDLE_RUN_DIR'] || '/run/heddle');
  return {
    stateDir,
    runDir,
    socket: path.resolve(flags.socket ?? (env['HEDDLE_SOCKET'] || `${runDir}/node.sock`)),
  };
}
