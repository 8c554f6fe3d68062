import { isImageReference } from '../../lib/names.ts';
import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import type { ImageSource } from '../../selector/spec.ts';
import { type Contract, ofProject, serviceNames } from '../contract.ts';
import { operationEvent } from './operation.ts';

const containerImage = record(
  'ContainerImage',
  'One container’s image, as `heddle images` shows it. Stable.',
  {
    container: text,
    service: text.nullable(),
    role: text,
    repository: text.nullable().describe('Null when the name it was made by is another image’s by now.'),
    tag: text.nullable(),
    id: text,
    size: integer.nullable().describe('Bytes.'),
  },
);
export type ContainerImage = Of<typeof containerImage>;

const reference = text.max(512).refine(isImageReference, 'names no image');
const wanted = z.array(reference).max(10_000);

const buildRequest = z.strictObject({
  images: z.record(reference, imageSource()).describe('All that may be needed, by reference.'),
  wanted,
  noCache: optional(z.boolean()),
  anew: optional(z.boolean()).describe('Those wanted are built although they are present.'),
});
export type BuildRequest = Of<typeof buildRequest>;

const transferRequest = z.strictObject({
  wanted,
  missing: optional(z.boolean()).describe('Pull only what is not present.'),
});
export type TransferRequest = Of<typeof transferRequest>;

export const imagesContract = {
  route: 'GET /v1/applications/:project/images',
  summary: 'The image of each container',
  params: ofProject,
  query: z.strictObject({ services: optional(serviceNames) }),
  answer: z.array(containerImage),
} as const satisfies Contract;

export const buildContract = work('build', 'Build images of the catalogue, or of services', buildRequest);
export const pullContract = work('pull', 'Pull images from their registries', transferRequest);
export const pushContract = work('push', 'Push images to their registries', transferRequest);

function work<const Verb extends string, Body extends z.ZodType>(verb: Verb, summary: string, body: Body) {
  return {
    route: `POST /v1/images/${verb}`,
    summary,
    body,
    answer: operationEvent,
    sends: 'operation',
  } as const satisfies Contract;
}

/** As a specification has it. */
function imageSource(): z.ZodType<ImageSource> {
  const kind = z.enum(['registry', 'build', 'catalogue', 'base']);
  return z.looseObject({ kind }) as unknown as z.ZodType<ImageSource>;
}
