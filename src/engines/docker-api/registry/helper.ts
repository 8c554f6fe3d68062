import { HeddleError } from '../../../lib/errors.ts';
import { isInstalled, run } from '../../../lib/exec.ts';
import * as z from '../../../lib/zod.ts';

const answer = z.looseObject({ Username: z.string(), Secret: z.string() });

/** How every helper says that it has nothing (docker-credential-helpers, credentials/error.go). */
const nothing = 'credentials not found in native keychain';

interface Kept {
  readonly username: string;
  readonly secret: string;
}

/**
 * Asks the program `docker-credential-NAME` for what it keeps for a server.
 * @throws HeddleError ERR_REGISTRY_CREDENTIALS; it quotes nothing that the program printed, since that is secret
 */
export async function askHelper(name: string, server: string): Promise<Kept | undefined> {
  const program = `docker-credential-${name}`;
  const failed = (why: string) =>
    new HeddleError('ERR_REGISTRY_CREDENTIALS', `${program}: ${why}`, {
      hint: `Run "${program} get" as the node's user, with ${server} as its input, to see what it says.`,
    });
  // A program on the PATH, and no path to another.
  if (!/^[\w.-]+$/.test(name)) throw failed('this is no name of a program');
  if (!(await isInstalled(program))) throw failed("it is not installed, or not on the node's PATH");
  let printed: string;
  try {
    printed = await run(program, ['get'], { input: server });
  } catch (cause) {
    if ((cause as Error).message.includes(nothing)) return undefined;
    throw failed(`it failed to give the credentials for ${server}`);
  }
  const read = answer.safeParse(parsed(printed));
  if (!read.success) throw failed(`what it printed for ${server} is no credentials`);
  return { username: read.data.Username, secret: read.data.Secret };
}

function parsed(printed: string): unknown {
  try {
    return JSON.parse(printed);
  } catch {
    return undefined;
  }
}
