import { createInterface } from 'node:readline';
import { toHeddleError } from '../../../lib/errors.ts';
import { printableLine } from '../../../lib/printable.ts';
import { EtarchClient } from '../../../networks/etarch/client/client.ts';
import type { Entity, WorkspaceSettings } from '../../../networks/etarch/client/entity.ts';
import type { Place } from '../../../networks/etarch/client/frame-pipe.ts';
import { isRefused } from '../../../networks/etarch/client/requests.ts';

/** Says what comes from standard input and prints what others say, until it ends or is interrupted; then the title is free. */
export async function converse(
  place: Place,
  title: string,
  workspace: string,
  capabilities: readonly string[],
  settings: WorkspaceSettings,
): Promise<void> {
  const input = createInterface({ input: process.stdin });
  // From now on what comes is kept, its end too, until it is said.
  const lines = input[Symbol.asyncIterator]();
  try {
    const client = await EtarchClient.open(place, () => input.close());
    try {
      const entity = await client.register(title, capabilities);
      await speak({ client, entity, workspace, settings, lines, interrupt: () => input.close() });
    } finally {
      client.close();
    }
  } finally {
    input.close();
  }
}

interface Conversation {
  readonly client: EtarchClient;
  readonly entity: Entity;
  readonly workspace: string;
  readonly settings: WorkspaceSettings;
  readonly lines: AsyncIterable<string>;
  interrupt(): void;
}

async function speak({ client, entity, workspace, settings, lines, interrupt }: Conversation): Promise<void> {
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await createUnlessThere(client, entity, workspace, settings);
    const room = await entity.join(workspace, ({ from, data }) => {
      process.stdout.write(`${from}: ${printableLine(data.toString('utf8'))}\n`);
    });
    const { creator, members } = await client.lookUp(workspace);
    process.stderr.write(`${entity.title} is in ${workspace} of ${creator}; members: ${members}\n`);
    for await (const line of lines) {
      try {
        if (line !== '') await room.send(line);
      } catch (error) {
        process.stderr.write(`${toHeddleError(error).message}\n`);
      }
    }
  } finally {
    await entity.unregister();
  }
}

async function createUnlessThere(
  client: EtarchClient,
  entity: Entity,
  workspace: string,
  settings: WorkspaceSettings,
): Promise<void> {
  try {
    await client.lookUp(workspace);
    return;
  } catch (error) {
    if (!isRefused(error, 'unknown')) throw error;
  }
  // Who comes second, joins that of the first.
  try {
    await entity.create(workspace, settings);
  } catch (error) {
    if (!isRefused(error, 'taken')) throw error;
  }
}
