import type { UpRequest } from '../../api/messages.ts';
import { isName } from '../../lib/names.ts';
import * as z from '../../lib/zod.ts';
import { deploymentSpec } from '../../selector/spec-schema.ts';
import type { RecordKind } from '../../state/record.ts';
import type { Placement } from './placement.ts';

/** What an operation on a whole application left to be done on nodes that were out of reach. */
export interface Rest {
  readonly project: string;
  /** Absent: it is not wanted any more. */
  readonly up?: { readonly request: UpRequest; readonly placement: Placement };
  /** Nodes that have not made what they are to have. */
  readonly left: readonly string[];
  /** Nodes that still have something of it that they are not to have any more. */
  readonly leaving: readonly string[];
  /** Whether they are to lose its volumes, too. */
  readonly volumes: boolean;
}

const nodes = z.array(z.string());

/** What is stored of each, in the state of the node that was asked, under its project’s name. */
export const restRecord: RecordKind<Rest> = {
  schema: z.looseObject({
    project: z.string(),
    up: z
      .looseObject({
        request: z.looseObject({ spec: deploymentSpec }),
        placement: z.record(z.string(), z.union([z.string(), nodes])),
      })
      .optional(),
    left: nodes,
    leaving: nodes,
    volumes: z.boolean(),
  }),
  migrations: [],
  isOf: ({ project }, name) => isName('project', name) && project === name,
};

/** Without a node that has done its part; nothing where that was the last. */
export function without(rest: Rest, node: string): Rest | undefined {
  const [left, leaving] = [rest.left, rest.leaving].map((all) => all.filter((one) => one !== node));
  return left?.length || leaving?.length ? { ...rest, left: left ?? [], leaving: leaving ?? [] } : undefined;
}
