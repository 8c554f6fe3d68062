import { httpPort, httpsPort, routesOf } from '../proxy/routes.ts';
import type { CurrentView } from '../view/view.ts';

/** One certificate that a gateway is to have. */
export interface WantedCertificate {
  /** `<namespace>.<service>`, with `.site` behind it for the copies at this site alone, or `gateway`. */
  readonly id: string;
  readonly names: readonly string[];
}

export interface Wants {
  readonly certificates: readonly WantedCertificate[];
  /** What of it cannot be, and why. */
  readonly problems: readonly string[];
}

/** Certificates of one gateway: who publishes a service makes the gateway order one. */
const atMost = 1000;

/**
 * The certificates that a gateway needs to speak HTTPS: one for itself, one for each service that it leads to, and one for
 * the copies at its site alone, so that what is wrong with one name keeps no other from its own. A service without a live
 * copy has no address that could be asked. Pure.
 * @param balance whether something balances at layer 4 there
 * @param only names to have certificates for; empty: all
 */
export function wantedCertificates(view: CurrentView, balance: boolean, only: readonly string[] = []): Wants {
  const { listeners } = routesOf(view, { tls: true, balance });
  const plain = listeners.find(({ port }) => port === httpPort);
  const secure = listeners.find(({ port }) => port === httpsPort);
  const blocked = [
    plain?.kind !== 'http' && 'port 80, where an ACME server asks, leads to a service that speaks no HTTP',
    secure?.kind !== 'https' && 'port 443 leads to a service as it is, so that no certificate is shown there',
  ].filter((problem) => problem !== false);
  if (blocked.length > 0) return { certificates: [], problems: blocked };
  const isLed = (name: string) => secure !== undefined && name in secure.hosts;
  const isMeant = (name: string) => only.length === 0 || only.includes(name);
  const all = [
    { id: 'gateway', names: [`${view.site}.gateway.${view.domain}`] },
    ...servicesOf(view).map(({ id, names }) => ({ id, names: names.filter(isLed) })),
  ];
  const meant = all
    .map(({ id, names }) => ({ id, names: names.filter(isMeant) }))
    .filter(({ names }) => names.length > 0);
  const known = new Set(all.flatMap(({ names }) => names));
  const unknown = only.filter((name) => !known.has(name));
  return {
    certificates: meant.slice(0, atMost),
    problems: [
      ...unknown.map((name) => `${name} leads to no live copy of a service through this gateway`),
      ...(meant.length > atMost
        ? [
            `${meant.length} certificates would be needed, ${atMost} is the most; name the names with --acme-name`,
          ]
        : []),
    ],
  };
}

function servicesOf(view: CurrentView): WantedCertificate[] {
  return [...view.services.values()]
    .filter(({ copies }) => copies.some(({ verdict }) => verdict === 'chosen'))
    .flatMap(({ name, namespace, copies }) => {
      const whole = { id: `${namespace}.${name}`, names: serviceNames(name, namespace, view) };
      const isHere = copies.some(({ site, verdict }) => site === view.site && verdict !== 'out');
      const here = { id: `${whole.id}.site`, names: [`${name}.${view.site}.site.${view.domain}`] };
      return isHere ? [whole, here] : [whole];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The canonical name, and the short one, which the routes have where it is given. */
function serviceNames(name: string, namespace: string, { domain }: CurrentView): string[] {
  return [`${name}.${namespace}.svc.${domain}`, `${name}.${domain}`];
}
