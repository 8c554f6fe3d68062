import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { HeddleError } from '../../../lib/errors.ts';
import * as z from '../../../lib/zod.ts';

/** Milliseconds that an answer may take: thousands of reservations are read within one. */
const patience = 15_000;

const answer = z.object({ result: z.int(), text: z.string().optional(), arguments: z.unknown().optional() });

/**
 * Has a Kea do something, over its control socket (Kea ARM, “Management API”).
 * @returns its `arguments`, where it answers with some
 * @throws HeddleError ERR_DHCP when it does not, or is not there
 */
export async function ask(socket: string, command: string): Promise<unknown> {
  const failed = (why: string, cause?: unknown) =>
    new HeddleError('ERR_DHCP', `kea-dhcp4: ${command}: ${why}`, { cause });
  const connection = createConnection({ path: socket, signal: AbortSignal.timeout(patience) });
  let said: string;
  try {
    // Not closed behind it: Kea would be gone before it has answered.
    connection.write(JSON.stringify({ command }));
    said = await text(connection);
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error), error);
  } finally {
    connection.destroy();
  }
  const { success, data } = answer.safeParse(jsonOf(said));
  if (!success) throw failed('it answers what nobody understands');
  if (data.result !== 0) throw failed(data.text ?? `result ${data.result}`);
  return data.arguments;
}

function jsonOf(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
