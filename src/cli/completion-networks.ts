import { readdirSync } from 'node:fs';
import type { NetworkingOptions } from './command.ts';
import type { Candidate, CompletionPoint } from './completion.ts';
import { presentNetworking } from './networking-connection.ts';
import { presentNode } from './node-connection.ts';

// Names that the node knows of networks and of itself.

export async function networks({ options, args, typed }: CompletionPoint): Promise<Candidate[]> {
  const all = await (await presentNetworking(nodeOf(options))).networks.list();
  return all.flatMap(({ name, archetype }) =>
    name !== typed && args.includes(name) ? [] : [{ value: name, description: archetype }],
  );
}

/** Of the network that was named before. */
export async function endpoints({ options, args }: CompletionPoint): Promise<Candidate[]> {
  const network = options['network']?.at(-1) ?? args[0];
  if (network === undefined) return [];
  const all = await (await presentNetworking(nodeOf(options))).endpoints(network).list();
  return all.flatMap(({ name, attachment }) =>
    args.slice(1).includes(name) ? [] : [{ value: name, description: attachment.kind }],
  );
}

export async function archetypes({ options }: CompletionPoint): Promise<Candidate[]> {
  const all = await (await presentNetworking(nodeOf(options))).archetypes();
  return all.map(({ name, summary }) => ({ value: name, description: summary }));
}

export async function nodes({ options, args }: CompletionPoint): Promise<Candidate[]> {
  const all = await presentNode(nodeOf(options)).nodes();
  return all.flatMap(({ name, present }) =>
    args.includes(name) ? [] : [{ value: name, description: present ? '' : 'away' }],
  );
}

export async function nodeServices({ options }: CompletionPoint): Promise<Candidate[]> {
  const { services } = await presentNode(nodeOf(options)).nodeStatus();
  return ['node', ...services.map(({ name }) => name)].map((value) => ({ value, description: '' }));
}

/** As `ip netns` names them; a path, the shell knows. */
export function namespaces({ typed }: CompletionPoint): 'files' | Candidate[] {
  if (typed.startsWith('/')) return 'files';
  return readdirSync('/run/netns').map((value) => ({ value, description: '' }));
}

function nodeOf(given: CompletionPoint['options']): NetworkingOptions {
  const names = ['socket', 'stateDir', 'host', 'tls'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = given[name]?.at(-1);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
