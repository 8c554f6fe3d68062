import type { Template } from '../catalogue/template.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { privilegesOf } from './privileges.ts';

/** What is wrong with the templates that are used: what they leave unsaid, and rights that nobody granted them. */
export function untrusted(templates: Iterable<Template>, allowPrivileged: readonly string[]): Diagnostic[] {
  return [...new Set(templates)].flatMap((template) => [
    ...sharedUnsaid(template),
    ...ungranted(template, allowPrivileged),
  ]);
}

function ungranted(template: Template, allowPrivileged: readonly string[]): Diagnostic[] {
  const privileges = privilegesOf(template);
  if (template.builtIn || privileges.length === 0 || allowPrivileged.includes(template.feature)) return [];
  return [
    {
      severity: 'error',
      code: 'ERR_TEMPLATE_PRIVILEGED',
      message: `the template ${template.feature} asks for ${privileges.join(', ')}`,
      at: { file: template.file, line: 1, column: 1 },
      hint: `if you trust it, add --allow-privileged-template ${template.feature}`,
    },
  ];
}

/** An agent in the pod of a replica shares its network, whatever it says. */
function sharedUnsaid({ agents, file }: Template): Diagnostic[] {
  return Object.entries(agents)
    .filter(([, { place, sharing }]) => place === 'replica' && sharing === 'none')
    .map(([name]) => ({
      severity: 'error',
      code: 'ERR_TEMPLATE_INVALID',
      message: `agents.${name}.sharing: an agent with \`place: replica\` shares the network of the service`,
      at: { file, line: 1, column: 1 },
      hint: 'write `sharing: network`, or place it beside the service with `place: from` or `to`',
    }));
}
