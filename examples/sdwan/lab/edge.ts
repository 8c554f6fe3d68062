import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { until } from '../../lib/until.ts';
import { folder, heddleCommand, type Lab, resolverOf, root } from './lab.ts';
import { branches, gatewayAddress, hub, nodeAt, routerOf } from './topology.ts';

const service = path.join(root, 'examples/sdwan/service.ts');

/** The edge file that the controller reads: a copy, for changes. */
export const edgeFile = path.join(folder, 'edge.yaml');

/** A copy of a service, as the edge file has it. */
export interface Copy {
  readonly id: string;
  readonly service: string;
  readonly site: string;
  readonly address: string;
  readonly port: number;
}

/** Starts the copies of all services, the controller at the hub, and the gateways at the branches. */
export async function startEdge(lab: Lab): Promise<void> {
  copyFileSync(path.join(root, 'examples/sdwan/edge.yaml'), edgeFile);
  await Promise.all([startDelivery(lab), ...copies().map((copy) => startCopy(lab, copy))]);
}

async function startDelivery(lab: Lab): Promise<void> {
  const tls = (name: string) => path.join(folder, 'tls', name);
  const ca = (...args: string[]) => lab.heddle('edge', 'ca', ...args, '--dir', tls('ca'));
  await ca('init');
  await ca('issue', 'controller', '--host', gatewayAddress(hub), '--out', tls('controller'));
  const run = (name: string, place: string, ...args: string[]) =>
    lab.start(name, routerOf(place), [heddleCommand, 'edge', ...args]);
  run('controller', hub.name, 'controller', '-f', edgeFile, '--tls', tls('controller'));
  for (const { name } of branches) {
    await ca('issue', `gateway:${name}`, '--out', tls(name));
    const broker = `mqtts://${gatewayAddress(hub)}`;
    run(`gateway-${name}`, name, 'gateway', '--site', name, '--tls', tls(name), '--broker', broker);
  }
}

/** Starts a copy on the host of its node; returns when it can be asked. */
export async function startCopy(lab: Lab, { id, service: name, site, address, port }: Copy): Promise<void> {
  const host = nodeAt(site);
  const command = [process.execPath, service, name, site, address, String(port)];
  lab.start(id, host, command, resolverOf(host));
  await until(`${id} runs`, () => lab.printed(id).includes('ready'));
}

interface EdgeFile {
  readonly nodes: Readonly<Record<string, { readonly site: string }>>;
  readonly services: Readonly<
    Record<
      string,
      {
        readonly ports: { readonly http: { readonly port: number } };
        readonly copies: readonly {
          readonly id: string;
          readonly node: string;
          readonly address: string;
          readonly ports?: { readonly http: number };
        }[];
      }
    >
  >;
}

/** What the edge file says is to run. */
export function copies(): Copy[] {
  const { nodes, services } = parse(readFileSync(edgeFile, 'utf8')) as EdgeFile;
  return Object.entries(services).flatMap(([key, { ports, copies: all }]) =>
    all.map(({ id, node, address, ports: own = ports.http.port }) => ({
      id,
      service: key.split('/').at(-1) ?? key,
      site: nodes[node]?.site ?? '',
      address,
      port: typeof own === 'number' ? own : own.http,
    })),
  );
}
