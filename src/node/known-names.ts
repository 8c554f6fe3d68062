import { didYouMean } from '../lib/did-you-mean.ts';
import { HeddleError } from '../lib/errors.ts';

/**
 * Refuses names of services that a project does not have.
 * @throws HeddleError ERR_SERVICE_UNKNOWN, naming those that there are
 */
export function expectServices(
  project: string,
  asked: readonly string[],
  known: Iterable<string | null>,
): void {
  const all = [...new Set(known)].filter((name) => name !== null);
  const unknown = asked.find((service) => !all.includes(service));
  if (unknown === undefined) return;
  throw new HeddleError('ERR_SERVICE_UNKNOWN', `${project} has no service "${unknown}"`, {
    hint: didYouMean(unknown, all),
  });
}

export function unknownProject(project: string, known: readonly string[]): HeddleError {
  return new HeddleError('ERR_PROJECT_UNKNOWN', `there is no application "${project}"`, {
    hint: didYouMean(project, known),
  });
}
