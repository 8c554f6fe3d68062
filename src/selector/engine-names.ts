import type { Descriptor } from '../descriptor/index.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { isName } from '../lib/names.ts';
import type { PodSpec } from './spec.ts';

/**
 * What is wrong with the names that a deployment has at the engine: two things of one name, or a service that would join
 * the namespace of what manages it. Names made of several others may come out alike, and an owner may choose any.
 */
export function nameConflicts({ application, at }: Descriptor, pods: readonly PodSpec[]): Diagnostic[] {
  const owners = new Map<string, PodSpec>();
  const found: Diagnostic[] = [];
  const report = (pod: PodSpec, key: string, code: Diagnostic['code'], message: string, hint: string) => {
    const path = ['services', pod.service ?? '', key];
    const where = pod.service === undefined ? pod.name : path.join('.');
    found.push({ severity: 'error', code, message: `${where}: ${message}`, at: at(path), hint });
  };
  // Those that nobody chose come first: of two, the error is at the one that was.
  for (const pod of [...pods].sort((a, b) => Number(isChosen(a)) - Number(isChosen(b)))) {
    for (const name of namesOf(pod)) {
      const holder = owners.get(name);
      if (!isName('container', name)) {
        const message = `${JSON.stringify(name)} is no name of a container: letters, digits, "_", "." and "-", at most 228`;
        report(pod, 'container_name', 'ERR_COMPOSE_TYPE', message, 'choose shorter names');
      } else if (holder) {
        const message = `${name} is the name of ${whatIs(holder)}, too`;
        report(pod, 'container_name', 'ERR_COMPOSE_CONFLICT', message, 'give it another name');
      } else {
        owners.set(name, pod);
      }
    }
  }
  for (const pod of pods) {
    if (pod.sandbox.kind !== 'container') continue;
    const target = owners.get(pod.sandbox.container);
    if (!target) continue;
    const message = `it would join the namespace of ${whatIs(target)}`;
    const hint =
      target.role === 'service' ? `write service:${target.service}` : 'give it networks of its own';
    report(pod, 'network_mode', 'ERR_FEATURE_IMPOSSIBLE', message, hint);
  }
  return found;

  function isChosen({ role, service }: PodSpec): boolean {
    return role === 'service' && application.services[service ?? '']?.containerName !== undefined;
  }
}

function namesOf({ name, sandbox, containers }: PodSpec): Set<string> {
  const own = sandbox.kind === 'own' ? [sandbox.name] : [];
  return new Set([name, ...own, ...containers.map((container) => container.name)]);
}

function whatIs({ role, service, name }: PodSpec): string {
  if (role === 'service') return `the service ${service}`;
  const owner = service === undefined ? '' : ` of ${service}`;
  return `${name}, which ${role === 'function' ? 'stands in the path' : 'is for the management'}${owner}`;
}
