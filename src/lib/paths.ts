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

/** The node's settings, where no other file is named (FHS 3.0, 3.7). */
export const settingsFile = '/etc/heddle/node.yaml';

type Env = Readonly<Record<string, string | undefined>>;

interface Places {
  readonly stateDir?: string | undefined;
  readonly socket?: string | undefined;
}

/**
 * Flags over HEDDLE_STATE_DIR and HEDDLE_SOCKET over the node's settings over the places where Debian has such things (FHS
 * 3.0, 3.15 and 5.8).
 */
export function nodePaths(env: Env, flags: Places = {}, settings: Places = {}): NodePaths {
  const stateDir = flags.stateDir ?? (env['HEDDLE_STATE_DIR'] || settings.stateDir || '/var/lib/heddle');
  const runDir = path.resolve(env['HEDDLE_RUN_DIR'] || '/run/heddle');
  const socket = flags.socket ?? (env['HEDDLE_SOCKET'] || settings.socket || `${runDir}/node.sock`);
  return { stateDir: path.resolve(stateDir), runDir, socket: path.resolve(socket) };
}
