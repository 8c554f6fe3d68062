import { isLabel } from '../../lib/dns-label.ts';
import { parseYaml } from '../../lib/yaml.ts';
import * as z from '../../lib/zod.ts';

const label = z
  .string()
  .refine(isLabel, 'expected a DNS label: small letters, digits and hyphens, at most 63');
const sites = z.array(label).default([]);

/** How a service is to be reached, as its owner says. */
export const reach = {
  steer: z.enum(['gateway', 'direct']).default('gateway'),
  failover: z.number().positive().default(5),
  policy: z
    .strictObject({
      pin: sites,
      exclude: sites,
      weights: z.record(label, z.number().positive()).default({}),
      by: z.enum(['delay', 'geography']).default('delay'),
    })
    .default({ pin: [], exclude: [], weights: {}, by: 'delay' }),
};

const request = z.strictObject({
  as: label.optional(),
  /** Names of TCP ports that are balanced at layer 4. */
  layer4: z.array(label).default([]),
  ...reach,
});

/** What an owner who publishes a service says about it. */
export type Request = z.infer<typeof request>;

/**
 * Reads what stands beside a service: `true`, or `{ as: web, steer: direct, failover: 3, policy: { pin: [berlin] } }`.
 * @returns nothing if it is not to be published, or what is wrong
 */
export function readRequest(text: string): Request | { readonly wrong: string } | undefined {
  const yaml = parseYaml(text, '');
  const [problem] = yaml.problems;
  if (problem) return { wrong: problem.message };
  if (yaml.value === false) return undefined;
  const checked = request.safeParse(yaml.value === true ? {} : yaml.value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  if (!issue || issue.path.length === 0) return { wrong: issue?.message ?? '' };
  return { wrong: `${issue.path.join('.')}: ${issue.message}` };
}
