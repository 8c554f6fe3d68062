import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeClient } from '../../../api/client.ts';
import type { OperationEvent } from '../../../api/messages.ts';
import { HeddleError, isHeddleError } from '../../../lib/errors.ts';
import type { Applications } from '../../../measure/net/paths/path.ts';
import { showProgress } from '../../output/progress.ts';
import { SentProject } from '../../sent-project.ts';

/** Applications that a benchmark makes by the node, and takes away again. */
export class NodeApplications implements Applications {
  readonly #node: NodeClient;
  readonly #folder: string;

  /** `folder`: in which files may be made for a moment. */
  constructor(node: NodeClient, folder: string) {
    this.#node = node;
    this.#folder = folder;
  }

  async up(project: string, text: string): Promise<void> {
    const folder = mkdtempSync(path.join(this.#folder, 'compose-'));
    try {
      const file = path.join(folder, 'compose.yaml');
      writeFileSync(file, text);
      const sent = new SentProject({ file: [file], projectName: project });
      const { events } = await sent.up(this.#node, {});
      await finished(events);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  async down(project: string): Promise<void> {
    try {
      await finished(this.#node.down(project, { services: [], volumes: true, removeOrphans: true }));
    } catch (error) {
      if (!isHeddleError(error, 'ERR_PROJECT_UNKNOWN')) throw error;
    }
  }

  async pidOf(project: string, service: string): Promise<number> {
    const [record] = await this.#node.inspect(project, [service]);
    if (record?.pid) return record.pid;
    throw new HeddleError('ERR_MEASURE', `${project}: ${service} does not run on this host`);
  }
}

async function finished(events: AsyncIterable<OperationEvent>): Promise<void> {
  await showProgress(events, true);
}
