import type { Descriptor } from '../descriptor/index.ts';
import type { Diagnostic } from '../lib/errors.ts';

/** Configs and secrets whose variable is not set. What makes containers cannot go on without; everything else can. */
export function missingValues(descriptor: Descriptor): Diagnostic[] {
  const wanted = Object.values(descriptor.application.services).flatMap((service) => service.files);
  const missing = new Map<string, Diagnostic>();
  for (const { kind, name, content } of wanted) {
    if (!('environment' in content) || descriptor.variable(content.environment) !== undefined) continue;
    const path = [`${kind}s`, name];
    missing.set(path.join('.'), {
      severity: 'error',
      code: 'ERR_INTERPOLATION',
      message: `${path.join('.')}: the variable ${content.environment} is not set`,
      at: descriptor.at([...path, 'environment']),
      hint: 'set it where `heddle up` is run',
    });
  }
  return [...missing.values()];
}
