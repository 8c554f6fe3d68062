import type { Engine } from '../../../engines/engine.ts';
import { HeddleError } from '../../../lib/errors.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import type { ObjectChange, ObjectQuery, SnmpView, SnmpViews } from '../contract.ts';
import type { ObjectRecord, SnmpSource } from '../records.ts';
import { nameOf, objects, oidOf } from './objects.ts';
import { ask, type SnmpAgent, snmpAgents } from './session.ts';
import { plainValue, type Varbind } from './varbind.ts';
import { interfaceRecords, processRecords, resourceRecords, systemRecord } from './views.ts';

type Reader<View extends SnmpView> = (
  source: SnmpSource,
  varbinds: readonly Varbind[],
) => readonly SnmpViews[View][];

/** What is walked for each view, and how it is read. */
const views: {
  readonly [View in SnmpView]: { readonly walk: readonly string[]; readonly read: Reader<View> };
} = {
  system: {
    walk: [objects.system, objects.hrSystem],
    read: (source, varbinds) => [systemRecord(source, varbinds)],
  },
  interfaces: { walk: [objects.ifEntry, objects.ifXEntry], read: interfaceRecords },
  processes: { walk: [objects.hrSWRunEntry, objects.hrSWRunPerfEntry], read: processRecords },
  resources: {
    walk: [objects.hrStorageEntry, objects.hrDeviceEntry, objects.hrProcessorEntry],
    read: readResources,
  },
};

/** One view of every replica of the services named, or of all that have the feature. */
export async function readSnmp<View extends SnmpView>(
  engine: Engine,
  spec: DeploymentSpec,
  view: View,
  services: readonly string[],
): Promise<SnmpViews[View][]> {
  const { walk, read } = views[view];
  const answers = await Promise.all(
    snmpAgents(spec, services).map(async (agent) =>
      read(sourceOf(agent), await ask(engine, agent, { verb: 'walk', oids: walk })),
    ),
  );
  return answers.flat();
}

/** Single objects, or all below them, from every replica of a service. */
export async function readObjects(
  engine: Engine,
  spec: DeploymentSpec,
  query: ObjectQuery,
): Promise<ObjectRecord[]> {
  const oids = query.objects.map((object) => oidOf(object, query.verb === 'get'));
  const answers = await Promise.all(
    snmpAgents(spec, [query.service]).map(async (agent) =>
      (await ask(engine, agent, { verb: query.verb, oids })).map((varbind) => toObject(agent, varbind)),
    ),
  );
  return answers.flat();
}

/** Sets an object in every replica of a service, and returns what they have then. */
export async function setObject(
  engine: Engine,
  spec: DeploymentSpec,
  change: ObjectChange,
): Promise<ObjectRecord[]> {
  const agents = snmpAgents(spec, [change.service]);
  const answers = await Promise.all(
    agents.map(async (agent) => {
      const question = change.object.startsWith('ifAdminStatus')
        ? await interfaceQuestion(engine, agent, change)
        : { oid: oidOf(change.object, true), type: 's' as const, value: change.value };
      const varbinds = await ask(engine, agent, { verb: 'set', ...question });
      return varbinds.map((varbind) => toObject(agent, varbind));
    }),
  );
  return answers.flat();
}

/** `ifAdminStatus.eth0` to `up` or `down`: the name's index may differ from replica to replica. */
async function interfaceQuestion(engine: Engine, agent: SnmpAgent, { object, value }: ObjectChange) {
  const status = ['up', 'down'].indexOf(value) + 1;
  if (status === 0) throw new HeddleError('ERR_USAGE', `an interface is set up or down, not "${value}"`);
  const wanted = object.slice('ifAdminStatus.'.length);
  const varbinds = await ask(engine, agent, { verb: 'walk', oids: views.interfaces.walk });
  const interfaces = interfaceRecords(sourceOf(agent), varbinds).filter(({ management }) => !management);
  const found = interfaces.find(({ name, index }) => name === wanted || String(index) === wanted);
  if (!found) {
    const names = interfaces.map(({ name }) => `ifAdminStatus.${name}`).join(', ');
    throw new HeddleError('ERR_USAGE', `${agent.pod} has no interface "${wanted}"`, {
      hint: `there are ${names}`,
    });
  }
  return { oid: `${objects.ifAdminStatus}.${found.index}`, type: 'i' as const, value: String(status) };
}

function readResources(source: SnmpSource, varbinds: readonly Varbind[]) {
  const records = resourceRecords(source, varbinds);
  if (records.length > 0) return records;
  throw new HeddleError(
    'ERR_FEATURE_IMPOSSIBLE',
    `${source.pod}: the agent cannot see the files of ${source.service}, and so neither its memory nor its CPU`,
    {
      hint: 'its first process has rights that no agent is given, or has hidden itself (prctl(2), PR_SET_DUMPABLE)',
    },
  );
}

function toObject(agent: SnmpAgent, varbind: Varbind): ObjectRecord {
  const { oid, type } = varbind;
  return { ...sourceOf(agent), oid, name: nameOf(oid) ?? null, type, value: plainValue(varbind) };
}

function sourceOf({ service, pod }: SnmpAgent): SnmpSource {
  return { service, pod };
}
