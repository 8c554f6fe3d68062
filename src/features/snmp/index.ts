import { route } from '../../api/contract.ts';
import type { Feature, FeatureHost } from '../feature.ts';
import { objectsContract, type SnmpView, type SnmpViews, setContract, views } from './contract.ts';
import { snmpMetrics } from './metrics.ts';
import { readObjects, readSnmp, setObject } from './reader/snmp.ts';

/** What the agents of services answer. */
export const snmp: Feature = {
  name: 'snmp',
  routes: [
    route(views.system, (node: FeatureHost, { params, query }) => read(node, 'system', params, query)),
    route(views.interfaces, (node: FeatureHost, { params, query }) =>
      read(node, 'interfaces', params, query),
    ),
    route(views.processes, (node: FeatureHost, { params, query }) => read(node, 'processes', params, query)),
    route(views.resources, (node: FeatureHost, { params, query }) => read(node, 'resources', params, query)),
    route(objectsContract, async (node: FeatureHost, { params: { project }, query }) =>
      readObjects(node.engine, node.specOf(project, [query.service]), query),
    ),
    route(setContract, async (node: FeatureHost, { params: { project }, body }) =>
      setObject(node.engine, node.specOf(project, [body.service]), body),
    ),
  ],
  metrics: snmpMetrics,
};

async function read<View extends SnmpView>(
  node: FeatureHost,
  view: View,
  { project }: { readonly project: string },
  { services = [] }: { readonly services?: readonly string[] },
): Promise<SnmpViews[View][]> {
  return readSnmp(node.engine, node.specOf(project, services), view, services);
}
