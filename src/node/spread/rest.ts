import type { DownRequest, UpRequest } from '../../api/messages.ts';
import { isName } from '../../lib/names.ts';
import * as z from '../../lib/zod.ts';
import { deploymentSpec } from '../../selector/spec-schema.ts';
import type { RecordKind } from '../../state/record.ts';
import type { Placement } from './placement.ts';

/** What an operation on an application left to be done on nodes that were out of reach. One of the two is there. */
export interface Rest {
  readonly project: string;
  readonly up?: { readonly request: UpRequest; readonly placement: Placement };
  readonly down?: DownRequest;
  readonly left: readonly string[];
}

/** What is stored of each, in the state of the node that was asked, under its project’s name. */
export const restRecord: RecordKind<Rest> = {
  schema: z.looseObject({
    project: z.string(),
    up: z
      .looseObject({
        request: z.looseObject({ spec: deploymentSpec }),
        placement: z.record(z.string(), z.string()),
      })
      .optional(),
    down: z.looseObject({}).optional(),
    left: z.array(z.string()),
  }),
  migrations: [],
  isOf: ({ project }, name) => isName('project', name) && project === name,
};
