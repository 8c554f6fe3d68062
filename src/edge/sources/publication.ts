import { dnsLabel, publicationWords, reachOf } from '../../descriptor/publication-words.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { plainIssue } from '../../lib/plain-issue.ts';
import { parseYaml } from '../../lib/yaml.ts';
import * as z from '../../lib/zod.ts';

/** As an edge file and an annotation have them. */
export const words = publicationWords({
  positive: z.number().positive(),
  portNumber: z.int().min(1).max(65_535),
});
/** How a service is to be reached, as its owner says. */
export const reach = reachOf(words, z.strictObject);

const request = z.strictObject({
  as: dnsLabel.optional(),
  /** Names of TCP ports that are balanced at layer 4. */
  layer4: z.array(dnsLabel).default([]),
  ...reach,
});

/** What an owner who publishes a service says about it. */
export type Request = z.infer<typeof request>;

const right = 'it may be true, false, or say how: { as: web, steer: direct, failover: 2 }';
/** What people write who mean `true` or `false`. */
const meant: Readonly<Record<string, string>> = {
  true: 'true',
  yes: 'true',
  on: 'true',
  false: 'false',
  no: 'false',
  off: 'false',
};

/**
 * Reads what stands beside a service: `true`, or `{ as: web, steer: direct, failover: 3, policy: { pin: [berlin] } }`.
 * @returns nothing if it is not to be published, or what is wrong, after "the annotation"
 */
export function readRequest(text: string): Request | { readonly wrong: string } | undefined {
  const yaml = parseYaml(text, '');
  const [problem] = yaml.problems;
  if (problem) return { wrong: `cannot be read as YAML: ${problem.message.trim()}; ${right}` };
  const { value } = yaml;
  if (value === false) return undefined;
  const checked = request.safeParse(value === true ? {} : value);
  if (checked.success) return checked.data;
  return { wrong: whyWrong(value, checked.error.issues) };
}

function whyWrong(value: unknown, issues: readonly z.core.$ZodIssue[]): string {
  if (value === null || value === undefined) return `is empty; ${right}`;
  if (typeof value !== 'object') {
    const said = String(value).slice(0, 60);
    const word = meant[said.toLowerCase()];
    if (word === undefined) return `says ${JSON.stringify(said)}; ${right}`;
    const quoted = said === word ? ' in quotation marks of its own' : '';
    return `says ${JSON.stringify(said)}${quoted} where ${word} is meant: write ${word}, as in heddle.io/edge: "${word}"`;
  }
  const [issue] = issues;
  if (issue?.code !== 'unrecognized_keys') return `is wrong: ${plainIssue(issues, value, 'the whole')}`;
  const known = Object.keys(issue.path.length > 0 ? words.policy : request.shape);
  const [key = ''] = issue.keys;
  const where = [...issue.path.map(String), key.slice(0, 40)].join('.');
  return `has the key "${where}", which means nothing; ${didYouMean(key, known)}`;
}
