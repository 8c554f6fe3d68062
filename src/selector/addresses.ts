import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/**
 * Addresses on an application's management bridge: a unique local /64 (RFC 4193) made from the project's name, and
 * in it one address a pod, made from the pod's name. Made, not allotted: the same on every run, without any state.
 * IPv6, because applications that list their own IPv4 addresses do not see it, and no host's addresses collide.
 */
export function managementAddress(project: string, pod: string): string {
  const network = digest(`heddle network ${project}`).slice(0, 14);
  const host = digest(`heddle pod ${project}/${pod}`).slice(0, 16);
  const groups = `fd${network}${host}`.match(/.{4}/g) ?? [];
  return ipaddr.IPv6.parse(groups.join(':')).toRFC5952String();
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
