/** A network of an archetype, for what concerns it and its endpoints. */
export interface Topic {
  readonly archetype: string;
  readonly network: string;
}

export function topicText({ archetype, network }: Topic): string {
  return `${archetype}/${network}`;
}

/** Whom a key of the state concerns. `by`: the node whose report it is. */
export function topicOf(key: string): (Topic & { readonly by?: string }) | undefined {
  const [kind, archetype, ...rest] = key.split('/');
  if (archetype === undefined) return undefined;
  if (kind === 'networks') {
    const [part, network, by] = rest;
    if (network === undefined || (part !== 'wanted' && part !== 'status')) return undefined;
    return { archetype, network, ...(by !== undefined && { by }) };
  }
  const [network, part, endpoint, by] = rest;
  if (kind !== 'endpoints' || network === undefined || endpoint === undefined) return undefined;
  return { archetype, network, ...(part === 'status' && by !== undefined && { by }) };
}
