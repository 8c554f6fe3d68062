import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../../lib/errors.ts';
import { contentHash } from '../../../lib/hash.ts';
import type { Pipeline } from '../../p4runtime/p4-switch.ts';
import { type PipelineIds, pipelineIds } from './pipeline-ids.ts';

export interface EdgePipeline extends Pipeline {
  readonly ids: PipelineIds;
}

/**
 * What p4c made of dataplane/nve.p4, or of another program with the same tables.
 * @throws HeddleError ERR_NETWORK where it is not there, ERR_NETWORK_PROGRAM where it is none for an edge
 */
export function readPipeline(folder: string): EdgePipeline {
  const { p4info, deviceConfig } = readFiles(folder);
  const digest = contentHash(p4info, deviceConfig);
  return { p4info, deviceConfig, cookie: BigInt(`0x${digest.slice(0, 15)}`), ids: pipelineIds(p4info) };
}

function readFiles(folder: string) {
  try {
    return {
      p4info: readFileSync(path.join(folder, 'nve.p4info.bin')),
      deviceConfig: readFileSync(path.join(folder, 'nve.json')),
    };
  } catch (cause) {
    throw new HeddleError(
      'ERR_NETWORK',
      `the edge’s pipeline is not in ${folder}: ${(cause as Error).message}`,
      {
        cause,
        hint: `p4c --target bmv2 --arch v1model --p4runtime-files ${folder}/nve.p4info.bin -o ${folder} nve.p4`,
      },
    );
  }
}
