import { HeddleError } from '../../../lib/errors.ts';
import { isLabel } from '../../names.ts';

/** Who a certificate is for: its common name, which brokers take for the user's name. */
export const controllerSubject = 'controller';
const brokerSubject = 'broker';
const gatewayPrefix = 'gateway:';
/** RFC 5280, ub-common-name. */
const longestSubject = 64;

export function gatewaySubject(site: string): string {
  return `${gatewayPrefix}${site}`;
}

/** The site of a gateway's common name; nothing when it is somebody else's. */
export function siteOf(subject: string): string | undefined {
  const site = subject.startsWith(gatewayPrefix) ? subject.slice(gatewayPrefix.length) : '';
  return isLabel(site) ? site : undefined;
}

/** @throws HeddleError ERR_USAGE when no certificate may bear the name */
export function checkSubject(subject: string, hosts: readonly string[]): void {
  const isGateway = siteOf(subject) !== undefined;
  if (
    (!isGateway && subject !== controllerSubject && subject !== brokerSubject) ||
    subject.length > longestSubject
  ) {
    throw new HeddleError('ERR_USAGE', `"${subject}" is nobody to make a certificate for`, {
      hint: `write ${controllerSubject}, ${brokerSubject}, or ${gatewayPrefix}SITE, at most ${longestSubject} characters`,
    });
  }
  // What may serve can be taken for the broker by those that connect to it.
  if (isGateway && hosts.length > 0)
    throw new HeddleError('ERR_USAGE', 'a gateway is a client of the broker: it needs no --host');
  if (subject === brokerSubject && hosts.length === 0) {
    throw new HeddleError('ERR_USAGE', 'a broker needs the names under which it is reached', {
      hint: 'give them as --host NAME-OR-ADDRESS',
    });
  }
}
