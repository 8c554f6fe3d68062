import { type Contract, ofProject, serviceNames } from '../../api/contract.ts';
import { type Of, optional, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { interfaceRecord, objectRecord, processRecord, resourceRecord, systemRecord } from './records.ts';

const base = '/v1/applications/:project/snmp';

const said = text.min(1).max(512);

const objectQuery = z.strictObject({
  service: said,
  verb: z.enum(['get', 'walk']),
  objects: z.array(said).min(1).max(1000).describe('Names that Heddle knows, or numbers.'),
});
export type ObjectQuery = Of<typeof objectQuery>;

const objectChange = z.strictObject({
  service: said,
  object: said.describe('sysName, sysContact, sysLocation, or `ifAdminStatus.eth0`.'),
  value: text.max(255),
});
export type ObjectChange = Of<typeof objectChange>;

/** A table that every agent of the services has. */
function view<const Name extends string, Row extends z.ZodType>(name: Name, summary: string, row: Row) {
  return {
    route: `GET ${base}/view/${name}`,
    summary,
    params: ofProject,
    query: z.strictObject({ services: optional(serviceNames) }),
    answer: z.array(row),
  } as const satisfies Contract;
}

export const views = {
  system: view('system', 'Names, contacts and locations of agents', systemRecord),
  interfaces: view('interfaces', 'Interfaces of services, and their counters', interfaceRecord),
  processes: view('processes', 'Processes of services', processRecord),
  resources: view('resources', 'Memory, CPU and file systems of services', resourceRecord),
};
export type SnmpView = keyof typeof views;
export type SnmpViews = { readonly [View in SnmpView]: Of<(typeof views)[View]['answer']>[number] };

export const objectsContract = {
  route: `GET ${base}/objects`,
  summary: 'Objects of an agent',
  params: ofProject,
  query: objectQuery,
  answer: z.array(objectRecord),
} as const satisfies Contract;

export const setContract = {
  route: `POST ${base}/objects`,
  summary: 'Set an object of an agent',
  params: ofProject,
  body: objectChange,
  answer: z.array(objectRecord),
} as const satisfies Contract;
