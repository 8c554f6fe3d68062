import { contentHash } from '../../../lib/hash.ts';
import { hostPort } from '../address.ts';
import { clientHeaders, hopHeaders, hostForm } from '../client-headers.ts';
import { connectionsOfAll, type Wanted } from '../driver.ts';
import { type Backend, httpPort, type Listener } from '../routes.ts';
import { serverName, serverWords } from './servers.ts';

/** What HAProxy is started with. */
export interface Configuration {
  /** Names the configuration apart from the servers, which come and go without a reload. */
  readonly generation: string;
  /** Texts by name; `haproxy.cfg` names the others. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Surroundings {
  /** Absolute path of the folder where the files will be. */
  readonly folder: string;
  /** Whom HAProxy becomes once it has opened its ports; nothing: it stays who it is. */
  readonly user?: string;
}

/** HAProxy's configuration for what is wanted. Pure. */
export function configuration(wanted: Wanted, surroundings: Surroundings): Configuration {
  const { routes } = wanted;
  const files: Record<string, string> = {};
  for (const { port, kind, hosts, paths } of routes.listeners) {
    if (kind === 'stream') continue;
    files[`hosts-${port}.map`] = mapText(hosts);
    files[`paths-${port}.map`] = mapText(paths);
  }
  files['certificates'] = wanted.certificates
    .map(({ file, names }) => lines(`${file} ${names.join(' ')}`))
    .join('');
  const front = routes.listeners.map((listener) => frontend(listener, wanted, surroundings.folder)).join('');
  const bare = routes.backends.map(({ name, application }) => `${name} ${application}`);
  const hashes = wanted.certificates.map(({ hash }) => hash);
  const address = hostPort(wanted.help);
  const parts = [
    defaults,
    address,
    front,
    ...bare,
    ...hashes,
    ...Object.values(files),
    surroundings.user ?? '',
  ];
  const generation = contentHash(JSON.stringify(parts)).slice(0, 16);
  const back = [...routes.backends.map(backend), helpBackend(address)];
  files['haproxy.cfg'] = `${head(generation, surroundings)}${defaults}${front}${back.join('')}${clients}`;
  return { generation, files };
}

const lines = (...all: readonly string[]) => all.map((line) => `${line}\n`).join('');
const section = (title: string, ...all: readonly string[]) =>
  lines('', title, ...all.map((line) => `    ${line}`));

function mapText(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(([key, value]) => lines(`${key} ${value}`))
    .join('');
}

function head(generation: string, { folder, user }: Surroundings): string {
  return section(
    'global',
    `description ${generation}`,
    `stats socket ${folder}/api.sock mode 600 level admin expose-fd listeners`,
    `server-state-file ${folder}/servers.state`,
    `maxconn ${connectionsOfAll}`,
    // Where the system gives fewer files, fewer clients are served, rather than none.
    'no strict-limits',
    ...(user === undefined ? [] : [`user ${user}`, `group ${user}`]),
    // Connections that were open at a reload end of themselves; none for longer than this.
    'hard-stop-after 1h',
    // Who has a port has it alone; a successor is handed what is open.
    'noreuseport',
    'ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets',
  );
}

const defaults = section(
  'defaults',
  'timeout connect 500ms',
  'timeout client 1m',
  'timeout server 1m',
  'timeout http-request 10s',
  'timeout client-fin 30s',
  'timeout tunnel 1h',
  // A copy that was down before a reload is not tried anew after it.
  'load-server-state-from-file global',
  // At a reload a connection is closed after the answer, never between two requests: the next could be on its way.
  'option idle-close-on-response',
  'option redispatch 1',
  'retries 5',
);

/** Who has how many connections open; one client is a /64 of IPv6, which anybody is given whole. */
const clients = section('backend clients', 'stick-table type ipv6 size 100k expire 1m store conn_cur');
const tracked = 'tcp-request connection track-sc0 src,ipmask(32,64) table clients';

/** All headers that no client may say. HAProxy has names in small letters. */
const claimed = `'^(x-forwarded.*|${clientHeaders
  .filter((name) => !name.startsWith('X-Forwarded'))
  .join('|')
  .toLowerCase()})$'`;
const hops = `'^(connection|upgrade|${hopHeaders.join('|').toLowerCase()})$'`;

/** What is no request to one name, or one that a proxy carries. */
const oneHost = [
  // Names with anything but letters, digits and hyphens: CGI takes `X_Real_IP` for `X-Real-IP`.
  'option http-restrict-req-hdr-names delete',
  'http-request deny deny_status 405 if { method CONNECT TRACE }',
  'http-request deny deny_status 400 if { req.fhdr_cnt(host) gt 1 }',
  // Of names in a row the first counts, for the service as well. (nginx refuses such a request by itself.)
  'http-request set-header Host %[req.hdr(host,1)] if { req.hdr_cnt(host) gt 1 }',
  'http-request deny deny_status 400 if !{ req.fhdr(host) -m found } !{ req.ver 1.0 }',
  `http-request deny deny_status 400 if { req.fhdr(host) -m found } !{ req.fhdr(host) -m reg -i '${hostForm}' }`,
];

/** What a client says of itself, and what it says to the proxy alone, goes no further. */
const honest = [
  'http-request set-var(txn.upgrade) req.fhdr(upgrade),lower',
  `http-request del-header ${hops} -m reg`,
  `http-request del-header ${claimed} -m reg unless is_trusted`,
  'acl is_websocket var(txn.upgrade) -m str websocket',
  'http-request set-header Upgrade websocket if is_websocket',
  'http-request set-header Connection Upgrade if is_websocket',
];

/** HAProxy takes 64 words a line. Lines of one name add to each other. */
function trustedLines(trusted: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < trusted.length; at += 32)
    lines.push(`acl is_trusted src ${trusted.slice(at, at + 32).join(' ')}`);
  return lines.length > 0 ? lines : ['acl is_trusted always_false'];
}

function frontend(listener: Listener, { listen, helpPaths, clients }: Wanted, folder: string): string {
  const { port, kind, backend: to } = listener;
  const tls = kind === 'https' ? ` ssl crt-list ${folder}/certificates alpn h2,http/1.1` : '';
  const binds = (listen.get(port) ?? []).map((address) => `bind ${hostPort({ address, port })}${tls}`);
  if (binds.length === 0) return '';
  const title = `frontend ${kind}-${port}`;
  const { trusted, connections } = clients;
  const who = [
    ...trustedLines(trusted),
    tracked,
    `tcp-request connection reject if { sc0_conn_cur(clients) gt ${connections} } !is_trusted`,
  ];
  if (kind === 'stream')
    return section(title, 'mode tcp', ...binds, ...who, 'option clitcpka', `default_backend ${to}`);
  const hosts = `${folder}/hosts-${port}.map`;
  const paths = `${folder}/paths-${port}.map`;
  return section(
    title,
    'mode http',
    ...binds,
    ...who,
    ...oneHost,
    ...honest,
    `http-request set-var(txn.host) req.fhdr(host),host_only,lower,regsub(\\.$,),map_str(${hosts})`,
    'acl is_host var(txn.host) -m found',
    `http-request redirect code 308 location %[path]/ if !is_host { path,concat(/),map_str(${paths}) -m found }`,
    `http-request set-var(txn.path) path,map_beg(${paths}) unless is_host`,
    'acl is_path var(txn.path) -m found',
    'http-request set-header X-Forwarded-Prefix /%[path,field(2,/)] if is_path',
    'http-request set-path %[path,regsub(^/[^/]+/,/)] if is_path',
    `http-request set-header X-Forwarded-Proto ${kind} unless is_trusted { req.fhdr(x-forwarded-proto) -m found }`,
    'acl is_relayed req.fhdr_cnt(x-forwarded-for) eq 1',
    "http-request set-header X-Forwarded-For '%[req.fhdr(x-forwarded-for)], %[src]' if is_relayed",
    'http-request add-header X-Forwarded-For %[src] unless is_relayed',
    ...(port === httpPort ? helpPaths.map((path) => `use_backend help if { path_beg ${path} }`) : []),
    'use_backend %[var(txn.host)] if is_host',
    'use_backend %[var(txn.path)] if is_path',
    'default_backend help',
  );
}

function backend({ name, application, servers }: Backend): string {
  const mode =
    application === 'stream'
      ? ['mode tcp', 'balance leastconn', 'option srvtcpka']
      : [
          'mode http',
          'balance roundrobin',
          // What may be said twice is said again when a copy goes in the midst of it.
          'retry-on conn-failure empty-response',
          'http-request disable-l7-retry unless METH_GET or { method OPTIONS }',
        ];
  const there = servers.map((server) => `server ${serverName(server)} ${serverWords(server)}`);
  return section(`backend ${name}`, ...mode, ...there);
}

/** What a host or a path leads to that is no service's. */
function helpBackend(address: string): string {
  return section('backend help', 'mode http', 'load-server-state-from-file none', `server help ${address}`);
}
