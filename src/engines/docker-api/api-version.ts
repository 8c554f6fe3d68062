import { HeddleError } from '../../lib/errors.ts';
import { isOlder } from '../../lib/version.ts';

/** The newest API version that Heddle was written for. */
const newest = '1.47';

/** What an engine says of itself (`GET /version`). Podman and current Docker also name the oldest they take. */
export interface EngineVersions {
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
}

/**
 * The API version to speak with an engine: the newest that both sides know.
 * @throws HeddleError ERR_ENGINE when the engine has given up all that Heddle knows
 */
export function negotiated({ ApiVersion, MinAPIVersion }: EngineVersions): string {
  if (MinAPIVersion !== undefined && isOlder(newest, MinAPIVersion)) {
    throw new HeddleError(
      'ERR_ENGINE',
      `the engine wants at least version ${MinAPIVersion} of its API, and this Heddle knows ${newest}`,
      { hint: 'install a newer Heddle' },
    );
  }
  return isOlder(ApiVersion, newest) ? ApiVersion : newest;
}
