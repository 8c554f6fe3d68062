import { isLabel } from '../../../lib/dns-label.ts';
import type { EdgePort } from '../../model/model.ts';
import { readRequest } from '../publication.ts';
import type { SourceObject } from '../source.ts';
import { type ClusterLookup, copiesOf } from './copies.ts';
import type { EndpointSlice, Service, ServicePort } from './objects.ts';

export const publishKey = 'heddle.io/edge';

/** What a service of a cluster is at the edge; nothing if its owner did not publish it. */
export function serviceOf(
  service: Service,
  slices: readonly EndpointSlice[],
  lookup: ClusterLookup,
): SourceObject | undefined {
  const { name: own, namespace = 'default', annotations = {}, creationTimestamp = '' } = service.metadata;
  const request = readRequest(annotations[publishKey] ?? 'false');
  if (request === undefined) return undefined;
  if ('wrong' in request) return { problem: `has the annotation ${publishKey}, which ${request.wrong}` };
  if (service.spec?.type === 'ExternalName')
    return { problem: 'is an ExternalName: what it stands for runs elsewhere, and is published there' };
  const { as, layer4, ...reach } = request;
  const name = as ?? own;
  const bad = [name, namespace].find((label) => !isLabel(label));
  if (bad !== undefined) return { problem: `cannot be published: "${bad}" is no DNS label` };
  const { ports, problems } = portsOf(service.spec?.ports ?? [], layer4);
  const { copies, problems: others } = copiesOf(service, ports, slices, lookup);
  const all = [...problems, ...others];
  const since = Date.parse(creationTimestamp);
  const age = Number.isNaN(since) ? {} : { since };
  return {
    service: { ...reach, name, namespace, explicit: as !== undefined, ports, copies, ...age },
    ...(all.length > 0 && { problem: all.join('; ') }),
  };
}

function portsOf(
  ports: readonly ServicePort[],
  layer4: readonly string[],
): { ports: EdgePort[]; problems: string[] } {
  const carried = ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP' || protocol === 'UDP');
  const left = ports.filter((port) => !carried.includes(port));
  const names = new Set(carried.map(portName));
  return {
    ports: carried.map((port) => {
      const isHttp = speaksHttp(port);
      return {
        name: portName(port),
        port: port.port,
        protocol: port.protocol === 'UDP' ? 'udp' : 'tcp',
        application: isHttp ? 'http' : 'stream',
        ...(!isHttp && layer4.includes(portName(port)) && { layer: 4 }),
      };
    }),
    problems: [
      ...left.map(({ port, protocol }) => `has the port ${port}/${protocol}, which is not carried`),
      ...layer4.filter((name) => !names.has(name)).map((name) => `has no port ${name} for layer 4`),
      ...carried
        .filter((port) => speaksHttp(port) && layer4.includes(portName(port)))
        .map((port) => `has the port ${portName(port)} for layer 4, but HTTP is spoken there: it is proxied`),
    ],
  };
}

function speaksHttp({ appProtocol = '', protocol = 'TCP' }: ServicePort): boolean {
  return protocol === 'TCP' && httpProtocols.has(appProtocol.toLowerCase());
}

/** What the proxy can read of what `appProtocol` may say (Service, "Application protocol"). */
const httpProtocols = new Set(['http', 'kubernetes.io/ws']);

/** A port without a name is called `tcp-80`: only the single port of a service may have none. */
function portName({ name, port, protocol = 'TCP' }: ServicePort): string {
  return name || `${protocol.toLowerCase()}-${port}`;
}
