import type { CurrentView, ServiceView } from '../view/view.ts';
import { hostPort } from './address.ts';
import { httpPort, httpsPort, type Listener, type Routes } from './routes.ts';

/** What the help page is made from. */
export interface HelpFacts {
  readonly view: CurrentView;
  readonly routes: Routes;
  /** Ports that could not be listened on, and why. */
  readonly notListening: ReadonlyMap<number, string>;
}

/** The page that lists every service: where it is, how far that is, and how it is reached. Pure. */
export function helpPage({ view, routes, notListening }: HelpFacts, host: string): string {
  const rows = [...view.services]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, service]) =>
      row(key, whereOf(service), [
        ...linksOf(view, service, routes, host),
        ...troubles(key, service, routes, notListening),
      ]),
    );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Services at ${escaped(view.site)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.4em 1em .4em 0;border-top:1px solid #ccc}</style>
<h1>Services at ${escaped(view.site)}</h1>
<table><tr><th>service<th>where<th>how to reach it</tr>
${rows.join('\n')}
</table>
</html>
`;
}

function row(key: string, where: readonly string[], reach: readonly string[]): string {
  return `<tr><td>${escaped(key)}<td>${where.join('<br>')}<td>${reach.join('<br>')}</tr>`;
}

function whereOf({ copies }: ServiceView): string[] {
  const live = copies.filter(({ verdict }) => verdict !== 'out');
  if (live.length === 0) return ['nowhere: no live copy'];
  return live.map(({ site, node, distance, verdict }) => {
    const far = distance === null ? 'at an unknown distance' : `${distance} ms`;
    return escaped(`${site}, ${node}, ${far}${verdict === 'spare' ? ', spare' : ''}`);
  });
}

/** URLs of what speaks HTTP, addresses of the rest. */
function linksOf(
  view: CurrentView,
  service: ServiceView,
  { listeners, balanced }: Routes,
  host: string,
): string[] {
  const prefix = `${service.namespace}.${service.name}.`;
  const isOwn = (backend = '') => backend.startsWith(prefix);
  const gateway = `${view.site}.gateway.${view.domain}`;
  const isHere = service.copies.some(({ site, verdict }) => site === view.site && verdict !== 'out');
  // A site's name is given only where there is a copy.
  const isAnswered = (name: string) => isHere || !name.endsWith(`.site.${view.domain}`);
  const links = listeners.flatMap((listener) => {
    if (isOwn(listener.backend)) return [escaped(hostPort({ address: gateway, port: listener.port }))];
    const hosts = Object.entries(listener.hosts).filter(
      ([name, backend]) => isOwn(backend) && name.endsWith(`.${view.domain}`) && isAnswered(name),
    );
    const paths = Object.entries(listener.paths).filter(([, backend]) => isOwn(backend));
    return [
      ...hosts.map(([name]) => link(url(listener, name, '/'))),
      ...paths.map(([path]) => link(url(listener, addressOf(host) ?? gateway, path))),
    ];
  });
  for (const { service: key, protocol, port } of balanced)
    if (key === `${service.namespace}/${service.name}`)
      links.push(escaped(`${hostPort({ address: gateway, port })}${protocol === 'udp' ? ' (UDP)' : ''}`));
  if (service.steer === 'gateway' || links.length > 0) return links;
  const name = `${service.name}.${service.namespace}.svc.${view.domain}`;
  return service.ports.map(({ port }) => escaped(`${name}:${port}`)).concat('at the copy’s node, by name');
}

function troubles(
  key: string,
  service: ServiceView,
  { refused }: Routes,
  notListening: ReadonlyMap<number, string>,
): string[] {
  const own = refused.filter((one) => one.service === key);
  const deaf = service.steer === 'gateway' ? service.ports.filter(({ port }) => notListening.has(port)) : [];
  return [
    ...own.map(({ port, reason }) => escaped(`not on port ${port}: ${reason}`)),
    ...deaf.map(({ port }) => escaped(`not on port ${port}: ${notListening.get(port)}`)),
  ];
}

function url({ port, kind }: Listener, host: string, path: string): string {
  const usual = kind === 'https' ? httpsPort : httpPort;
  return `${kind}://${host}${port === usual ? '' : `:${port}`}${path}`;
}

/** `Host: 10.1.0.1:8080` without the port, which is all of a host that the page says; nothing for a name: it may be any, and lead nowhere. */
export function addressOf(host: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[0-9.]+)(:\d+)?$/i.exec(host)?.[1];
}

function link(target: string): string {
  return `<a href="${escaped(target)}">${escaped(target)}</a>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
