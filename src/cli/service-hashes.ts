import type { Descriptor } from '../descriptor/index.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { HeddleError } from '../lib/errors.ts';
import { canonicalJson, contentHash } from '../lib/hash.ts';

/** A line for each service that is asked for, separated by commas or `*`: its name, and a hash of what the file says of it. */
export function serviceHashes({ application, model }: Descriptor, asked: string): string[] {
  const known = Object.keys(application.services);
  const names = asked === '*' ? known : asked.split(',').map((name) => name.trim());
  const { services } = model as { readonly services: Readonly<Record<string, unknown>> };
  return names.map((name) => {
    if (Object.hasOwn(services, name)) return `${name} ${contentHash(canonicalJson(services[name]))}`;
    const message = `${application.name} has no service "${name}"`;
    throw new HeddleError('ERR_SERVICE_UNKNOWN', message, { hint: didYouMean(name, known) });
  });
}
