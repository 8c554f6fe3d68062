import { isLabel } from '../../lib/dns-label.ts';
import { HeddleError } from '../../lib/errors.ts';
import { isName } from '../../lib/names.ts';

/** Who a certificate is for: its common name, which brokers take for the user's name. */
export const controllerSubject = 'controller';
const brokerSubject = 'broker';
const gatewayPrefix = 'gateway:';
const nodePrefix = 'node:';
/** Who may ask a node about its networks from another host. */
const operatorPrefix = 'operator:';
/** A node: as it is found by others, and as it asks them. */
const apiPrefix = 'api:';
/** RFC 5280, ub-common-name. */
const longestSubject = 64;

export function gatewaySubject(site: string): string {
  return `${gatewayPrefix}${site}`;
}

/** The site of a gateway's common name; nothing when it is somebody else's. */
export function siteOf(subject: string): string | undefined {
  return nameIn(subject, gatewayPrefix);
}

/** The proxy of a node. */
export function nodeSubject(node: string): string {
  return `${nodePrefix}${node}`;
}

/** Whether it names somebody who is given a view: a gateway, or the proxy of a node. */
export function isRecipient(subject: string): boolean {
  return siteOf(subject) !== undefined || nameIn(subject, nodePrefix) !== undefined;
}

/** The name of who may make and change the networks of nodes; nothing when it is somebody else's. */
export function operatorOf(subject: string): string | undefined {
  return nameIn(subject, operatorPrefix);
}

/** What a node is called when it asks another, and when it answers. */
export function apiSubject(node: string): string {
  return `${apiPrefix}${node}`;
}

/** The name of such a node; nothing when it is somebody else's. */
export function apiOf(subject: string): string | undefined {
  const name = subject.startsWith(apiPrefix) ? subject.slice(apiPrefix.length) : '';
  return isName('node', name) ? name : undefined;
}

/** @throws HeddleError ERR_USAGE when no certificate may bear the name */
export function checkSubject(subject: string, hosts: readonly string[]): void {
  const isClient = isRecipient(subject) || operatorOf(subject) !== undefined;
  const isServer = subject === brokerSubject || apiOf(subject) !== undefined;
  if ((!isClient && !isServer && subject !== controllerSubject) || subject.length > longestSubject) {
    throw new HeddleError('ERR_USAGE', `"${subject}" is nobody to make a certificate for`, {
      hint: `write ${controllerSubject}, ${brokerSubject}, ${gatewayPrefix}SITE, ${nodePrefix}NODE, ${apiPrefix}NODE or ${operatorPrefix}NAME, at most ${longestSubject} characters`,
    });
  }
  // What may serve can be taken for the broker by those that connect to it.
  if (isClient && hosts.length > 0)
    throw new HeddleError('ERR_USAGE', `${subject} is a client: it needs no --host`);
  if (isServer && hosts.length === 0) {
    throw new HeddleError('ERR_USAGE', `${subject} needs the names under which it is reached`, {
      hint: 'give them as --host NAME-OR-ADDRESS',
    });
  }
}

function nameIn(subject: string, prefix: string): string | undefined {
  const name = subject.startsWith(prefix) ? subject.slice(prefix.length) : '';
  return isLabel(name) ? name : undefined;
}
