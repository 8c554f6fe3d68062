import { HeddleError } from '../../lib/errors.ts';
import type { Endpoint } from '../listen/endpoint.ts';
import { hostPort } from '../proxy/address.ts';
import type { TsigKey } from './key.ts';
import { tsigError } from './tsig.ts';

/** What is asked of the server, for messages. */
export type Request = 'look at' | 'transfer' | 'update';

/** Whom a request goes to, and about what. */
export interface Target {
  readonly server: Endpoint;
  readonly domain: string;
  readonly key: TsigKey;
}

type Reason = (target: Target, request: Request) => readonly [reason: string, hint: string];

const notPrimary: Reason = ({ domain }) => [
  `NOTAUTH: it is not the primary server of ${domain}, or the key may do nothing there`,
  `make ${domain} a primary zone there, and let the key transfer and update it`,
];

/** By rcode (RFC 2136, 2.2). */
const byCode: Readonly<Record<number, Reason>> = {
  1: () => [
    'FORMERR: it does not understand the request',
    'see its log; it has to know RFC 2136 and RFC 8945',
  ],
  2: () => ['SERVFAIL: it could not', 'its log says why; often it may not write to the folder of the zone'],
  4: () => ['NOTIMP: it takes no updates', 'use one that does, BIND or Knot'],
  5: ({ domain, key }, request) => [
    `REFUSED: the key "${key.name}" may not ${request} it`,
    `in BIND's zone ${domain}: ${request === 'update' ? 'allow-update' : 'allow-transfer'} { key "${key.name}"; }; in Knot: an acl with the key and action: [transfer, update]`,
  ],
  9: notPrimary,
  10: ({ domain }) => [`NOTZONE: its zone is not ${domain}`, `make ${domain} a primary zone there`],
};

/** By error of the signature (RFC 8945, 3). */
const bySignature: Readonly<Record<number, Reason>> = {
  [tsigError.badSignature]: ({ key }) => [
    `BADSIG: its secret of the key "${key.name}" is another`,
    'give both the same key',
  ],
  [tsigError.badKey]: ({ key }) => [
    `BADKEY: it has no key "${key.name}" for ${key.algorithm}`,
    'give both the same key, under the same name',
  ],
  [tsigError.badTime]: () => [
    'BADTIME: its clock and this host’s differ by more than five minutes',
    'set the clocks right',
  ],
};

/** Why a server did not do as it was asked. */
export function refusal(target: Target, request: Request, code: number, signature?: number): HeddleError {
  const of = signature === undefined ? byCode[code] : bySignature[signature];
  const other = `it answers with code ${code}${signature === undefined ? '' : `, signature error ${signature}`}`;
  const [reason, hint] = of?.(target, request) ?? [other, 'its log says why'];
  return problem(target, request, reason, hint);
}

export function problem(
  { server, domain }: Target,
  request: Request,
  reason: string,
  hint?: string,
  cause?: unknown,
): HeddleError {
  const message = `Heddle cannot ${request} ${domain} at ${hostPort(server)}: ${reason}`;
  return new HeddleError('ERR_EDGE_UPDATE', message, { hint, cause });
}
