import ipaddr from 'ipaddr.js';
import type { AddressBook } from '../../../monitor/addresses/address-book.ts';
import type { Conversation } from '../../flows/reader/conversations.ts';
import type { RuleSuggestion, Suggestion } from '../contract.ts';

/** Clients or servers outside of the application that are named one by one; more are "any". */
const strangersNamed = 8;

/**
 * The tightest rules for a service that let pass what was seen: the ports that were asked for, from whom, and to whom
 * it went itself. Only what its own probe has seen counts. `neighbours`: services that share a network with it, which rules can name.
 */
export function suggest(
  service: string,
  conversations: readonly Conversation[],
  book: Pick<AddressBook, 'ownerOf'>,
  neighbours: readonly string[],
): Suggestion {
  const nameOf = (address: string, at: number) => {
    const owner = book.ownerOf(address, at)?.service;
    return owner !== undefined && (owner === service || neighbours.includes(owner)) ? owner : address;
  };
  const own = conversations
    // What a service's own probe says of it: a neighbour's may be told anything by the neighbour.
    .filter(({ exporter, last }) => book.ownerOf(exporter, last)?.service === service)
    .filter(({ client, server }) => isUnicast(client) && isUnicast(server))
    .map((one) => ({ ...one, client: nameOf(one.client, one.last), server: nameOf(one.server, one.last) }));
  const into = own.filter(({ client, server }) => server === service && client !== service);
  const out = own.filter(({ client, server }) => client === service && server !== service);
  return {
    service,
    ingress: rules(into, ({ client }) => client, neighbours),
    egress: rules(out, ({ server }) => server, neighbours),
  };
}

/** One rule for all ports that the same peers asked for. */
function rules(
  conversations: readonly Conversation[],
  peerOf: (conversation: Conversation) => string,
  neighbours: readonly string[],
): RuleSuggestion[] {
  const byPort = [...Map.groupBy(conversations, portText)].map(([port, group]) => ({
    port,
    peers: peersText(group.map(peerOf), neighbours),
    flows: group.reduce((sum, { flows }) => sum + flows, 0),
    last: Math.max(...group.map(({ last }) => last)),
  }));
  return [...Map.groupBy(byPort, ({ peers }) => peers.join(' ')).values()].map((group) => ({
    ports: group.map(({ port }) => port).sort(),
    peers: group[0]?.peers ?? [],
    flows: group.reduce((sum, { flows }) => sum + flows, 0),
    last: new Date(Math.max(...group.map(({ last }) => last))).toISOString(),
  }));
}

function peersText(peers: readonly string[], neighbours: readonly string[]): string[] {
  const all = [...new Set(peers)].sort();
  const strangers = all.filter((peer) => !neighbours.includes(peer));
  return strangers.length > strangersNamed ? ['any'] : all;
}

function portText({ protocol, port }: Conversation): string {
  return port === undefined ? protocol : `${port}/${protocol}`;
}

/** What a link needs to work is let pass by every firewall; it needs no rule. */
function isUnicast(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const range = ipaddr.process(address).range();
  return !['multicast', 'linkLocal', 'unspecified', 'broadcast'].includes(range);
}
