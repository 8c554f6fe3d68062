import { jsonSchemaOf } from '../../lib/json-schema.ts';
import { type Of, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import type { Archetype } from './archetype.ts';
import { trafficRead } from './traffic.ts';

const jsonSchema = z.record(text, z.unknown());

export const archetypeDescription = record('Archetype', 'A kind of network, and what it takes.', {
  name: text,
  summary: text,
  attachments: z.array(text).describe('What its endpoints may give access to.'),
  carriesIp: z.boolean().describe('Whether its endpoints have IP addresses.'),
  uses: z.array(text).describe('Archetypes that its networks are made from.'),
  traffic: z.array(trafficRead).describe('What is to be read of the traffic on its networks.'),
  networkOptions: jsonSchema.describe('The JSON Schema of a network’s `options`.'),
  endpointOptions: jsonSchema.describe('The JSON Schema of an endpoint’s `options`.'),
});
export type ArchetypeDescription = Of<typeof archetypeDescription>;

export function describeArchetype({
  name,
  summary,
  attachments,
  carriesIp,
  uses,
  traffic = [],
  networkOptions,
  endpointOptions,
}: Archetype): ArchetypeDescription {
  return {
    name,
    summary,
    attachments,
    carriesIp,
    uses,
    traffic,
    networkOptions: jsonSchemaOf(networkOptions),
    endpointOptions: jsonSchemaOf(endpointOptions),
  };
}
