import type { Engine } from '../../../engines/engine.ts';
import { HeddleError } from '../../../lib/errors.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import { parseVarbinds, type Varbind } from './varbind.ts';

/** The agent of one replica, and who asks it. */
export interface SnmpAgent {
  readonly service: string;
  readonly pod: string;
  readonly address: string;
  readonly version: string;
  readonly collector: string;
}

/**
 * The agents of services, in the order of the file; of all that have the feature when none is named.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when one of them does not have it
 */
export function snmpAgents(spec: DeploymentSpec, services: readonly string[]): SnmpAgent[] {
  const instances = spec.features.filter(({ feature }) => feature === 'snmp');
  const missing = services.find((service) => !instances.some((instance) => instance.service === service));
  if (missing !== undefined || instances.length === 0) {
    throw new HeddleError(
      'ERR_FEATURE_IMPOSSIBLE',
      `${missing === undefined ? `no service of ${spec.project} has` : `${missing} does not have`} the feature snmp`,
      { hint: 'write `x-heddle: {manage: {snmp: true}}` in the service and run `heddle up`' },
    );
  }
  return instances
    .filter(({ service = '' }) => services.length === 0 || services.includes(service))
    .flatMap(({ service = '', agents, collector, parameters }) =>
      agents.map(({ pod }) => ({
        service,
        pod,
        address: spec.pods.find(({ name }) => name === pod)?.management?.address ?? '',
        version: String(parameters['version']),
        collector: collector?.container ?? '',
      })),
    );
}

/** What is asked of an agent: identifiers to get or to walk, or one to set with its type as snmpset(1) writes it. */
export type Question =
  | { readonly verb: 'get' | 'walk'; readonly oids: readonly string[] }
  | { readonly verb: 'set'; readonly oid: string; readonly type: 's' | 'i'; readonly value: string };

/**
 * Asks an agent through the collector, which has the credentials.
 * @throws HeddleError ERR_TIMEOUT when it does not answer, ERR_FEATURE_IMPOSSIBLE when it refuses
 */
export async function ask(engine: Engine, agent: SnmpAgent, question: Question): Promise<Varbind[]> {
  const { collector, version, service, address } = agent;
  const rest =
    question.verb === 'set'
      ? [`.${question.oid}`, question.type, question.value]
      : question.oids.map((oid) => `.${oid}`);
  const command = ['query', version, service, address, question.verb, ...rest];
  const { exitCode, stdout, stderr } = await engine.console.exec(collector, command);
  if (exitCode === 0) return parseVarbinds(stdout);
  throw refusal(agent, `${stderr}\n${stdout}`);
}

function refusal({ pod, service }: SnmpAgent, said: string): HeddleError {
  if (/Timeout|No Response/.test(said)) {
    return new HeddleError('ERR_TIMEOUT', `the SNMP agent of ${pod} does not answer`, {
      hint: `it is made anew within seconds when ${service} was started again; \`heddle ps\` shows whether it runs`,
    });
  }
  const reason = /Reason: (.*)/.exec(said)?.[1];
  if (reason === undefined) {
    return new HeddleError('ERR_ENGINE', `asking the SNMP agent of ${pod}: ${said.trim().slice(0, 300)}`);
  }
  return new HeddleError('ERR_FEATURE_IMPOSSIBLE', `the SNMP agent of ${pod} refuses: ${reason.trim()}`, {
    hint: 'sysName, sysContact and sysLocation can be set, and interfaces up and down with `snmp: {set: {interfaces: true}}`',
  });
}
