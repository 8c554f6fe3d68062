import { text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { nodeName } from '../../networks/standard/network.ts';
import { linkStatus } from '../../networks/wan/status.ts';
import type { Contract } from '../contract.ts';

export const linksContract = {
  route: 'GET /v1/links',
  summary: 'The links to other nodes',
  answer: z.array(linkStatus),
} as const satisfies Contract;

export const linkContract = {
  route: 'GET /v1/links/:node',
  summary: 'The link to one node',
  params: z.strictObject({ node: nodeName }),
  answer: linkStatus,
} as const satisfies Contract;

export const rotateLinkKeysContract = {
  route: 'POST /v1/links/rotate',
  summary: 'Make this node a new private key for its links, which they change to',
  answer: z.object({ publicKey: text.describe('What it will be known by.') }),
} as const satisfies Contract;
