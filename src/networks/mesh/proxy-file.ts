import { ports, type SidecarPlan } from './sidecar-plan.ts';

/** Where the proxy finds what it needs. */
export interface ProxyFiles {
  /** Its certificate and key. */
  readonly own: string;
  /** Whom it believes. */
  readonly authorities: string;
  /** By which the next one takes over from it. */
  readonly socket: string;
}

/** Milliseconds after which nobody waits any more; and as long as HAProxy can wait. */
const [soon, never] = ['5s', '24d'] as const;

/**
 * The text of haproxy.cfg (HAProxy 2.6 configuration manual). What the endpoint says goes to the same address, in TLS: the port that is
 * meant is in the name that is asked for (`identity.ts`). What comes in TLS goes to that port of the endpoint, in the name of who
 * called. A session that is taken up again would not say anew who answers: there is none. Pure.
 */
export function proxyFile({ addresses }: SidecarPlan, { own, authorities, socket }: ProxyFiles): string {
  const tls = `ssl crt ${own} ca-file ${authorities} verify required ssl-min-ver TLSv1.3`;
  const ends = addresses.map((address) => (address.includes(':') ? `[${address}]` : address));
  return `global
  maxconn 4096
  nbthread 2
  stats socket ${socket} mode 600 level admin expose-fd listeners
defaults
  mode tcp
  option clitcpka
  option srvtcpka
  timeout connect ${soon}
  timeout client ${never}
  timeout server ${never}
  timeout tunnel ${never}
listen out
${ends.map((end) => `  bind ${end}:${ports.out} transparent\n`).join('')}  tcp-request connection set-var(sess.at) dst
  tcp-request connection set-var(sess.name) dst_port,concat(.,sess.at,.mesh)
  server other 0.0.0.0:${ports.in} ${tls} sni var(sess.name) no-ssl-reuse
listen in
${ends.map((end) => `  bind ${end}:${ports.in} transparent ${tls}\n`).join('')}  tcp-request inspect-delay ${soon}
  tcp-request content set-var(sess.port) ssl_fc_sni,field(1,.)
  tcp-request content reject if { var(sess.port),add(0) ${ports.out} ${ports.in} }
  tcp-request content reject unless { var(sess.port),add(0) 1:65535 }
  tcp-request content set-dst-port var(sess.port)
  source 0.0.0.0 usesrc clientip
  server own 0.0.0.0:0
`;
}
