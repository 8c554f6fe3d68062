import type { Log } from '../../lib/log.ts';
import type { Journal } from '../services/journal.ts';
import type { NodeSettings } from '../settings/settings.ts';

/** What the networking services of a node are made from. */
export interface ServicesContext {
  readonly stateDir: string;
  /** The folder of the sockets at which services find each other. */
  readonly sockets: string;
  readonly settings: NodeSettings;
  /** The kind of the node’s container engine; absent: it has none, or nobody needs to know. */
  readonly engine?: string;
  /** The file that these were read from, if one was named. */
  readonly config: string | undefined;
  /** For services in processes of their own. */
  readonly env: NodeJS.ProcessEnv;
  readonly journal: Journal;
  readonly log: Log;
}
