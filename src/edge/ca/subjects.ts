import { isLabel } from '../../lib/dns-label.ts';
import { HeddleError } from '../../lib/errors.ts';

/** Who a certificate is for: its common name, which brokers take for the user's name. */
export const controllerSubject = 'controller';
const brokerSubject = 'broker';
const gatewayPrefix = 'gateway:';
const nodePrefix = 'node:';
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

/** The proxy of a node. */
export function nodeSubject(node: string): string {
  return `${nodePrefix}${node}`;
}

/** Whether it names somebody who is given a view: a gateway, or the proxy of a node. */
export function isRecipient(subject: string): boolean {
  const node = subject.startsWith(nodePrefix) ? subject.slice(nodePrefix.length) : '';
  return siteOf(subject) !== undefined || isLabel(node);
}

/** @throws HeddleError ERR_USAGE when no certificate may bear the name */
export function checkSubject(subject: string, hosts: readonly string[]): void {
  const isClient = isRecipient(subject);
  if (
    (!isClient && subject !== controllerSubject && subject !== brokerSubject) ||
    subject.length > longestSubject
  ) {
    throw new HeddleError('ERR_USAGE', `"${subject}" is nobody to make a certificate for`, {
      hint: `write ${controllerSubject}, ${brokerSubject}, ${gatewayPrefix}SITE or ${nodePrefix}NODE, at most ${longestSubject} characters`,
    });
  }
  // What may serve can be taken for the broker by those that connect to it.
  if (isClient && hosts.length > 0)
    throw new HeddleError('ERR_USAGE', `${subject} is a client of the broker: it needs no --host`);
  if (subject === brokerSubject && hosts.length === 0) {
    throw new HeddleError('ERR_USAGE', 'a broker needs the names under which it is reached', {
      hint: 'give them as --host NAME-OR-ADDRESS',
    });
  }
}
