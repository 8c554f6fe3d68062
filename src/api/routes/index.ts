import type { FastifyInstance } from 'fastify';
import type { NodeService } from '../node-service.ts';
import { applicationRoutes } from './applications.ts';
import { archiveRoutes } from './archive.ts';
import { costRoutes } from './cost.ts';
import { edgeRoutes } from './edge.ts';
import { execRoutes } from './exec.ts';
import { firewallRoutes } from './firewall.ts';
import { flowsRoutes } from './flows.ts';
import { handlingRoutes } from './handling.ts';
import { imageRoutes } from './images.ts';
import { inspectRoutes } from './inspect.ts';
import { latencyRoutes } from './latency.ts';
import { metricsRoutes } from './metrics.ts';
import { nodeRoutes } from './node.ts';
import { openapiRoutes } from './openapi.ts';
import { snmpRoutes } from './snmp.ts';

/** Every group of routes is a plugin. */
const groups = [
  nodeRoutes,
  applicationRoutes,
  archiveRoutes,
  costRoutes,
  edgeRoutes,
  execRoutes,
  firewallRoutes,
  flowsRoutes,
  handlingRoutes,
  imageRoutes,
  inspectRoutes,
  latencyRoutes,
  metricsRoutes,
  snmpRoutes,
];

export async function registerRoutes(server: FastifyInstance, service: NodeService): Promise<void> {
  for (const group of groups) await server.register(group(service));
  await server.register(openapiRoutes((other) => registerRoutes(other, service)));
}
