import { contentHash } from '../../../lib/hash.ts';
import { hostPort } from '../address.ts';
import { certificateFor } from '../certificate-for.ts';
import { foreignHeaders, hopHeaders, hostName } from '../client-headers.ts';
import { connectionsOfAll, type Wanted } from '../driver.ts';
import { type Backend, httpPort, type Listener } from '../routes.ts';

export interface Surroundings {
  /** Absolute path of the folder where the files will be. */
  readonly folder: string;
  /** Whom the workers become. */
  readonly user?: string;
  /** Absolute path of the module for streams, where it is one. */
  readonly streamModule?: string;
}

/** How long a copy that failed is left alone. nginx checks none of itself. */
const failure = 'max_fails=1 fail_timeout=1s';

/** nginx's configuration for what is wanted; it says its own generation on the socket `status.sock`. Pure. */
export function configuration(
  wanted: Wanted,
  surroundings: Surroundings,
): { generation: string; text: string } {
  const { routes } = wanted;
  const { trusted, connections } = wanted.clients;
  const parts = [httpDefaults, wanted, [...wanted.listen], surroundings];
  const generation = contentHash(JSON.stringify(parts)).slice(0, 16);
  const web = routes.backends.filter(({ application }) => application === 'http');
  const raw = routes.backends.filter(({ application }) => application === 'stream');
  const known = new Map(routes.backends.map((backend) => [backend.name, backend]));
  const servers = routes.listeners.flatMap((listener) =>
    listener.kind === 'stream' ? [] : httpServers(listener, wanted, known),
  );
  const streams = routes.listeners.flatMap((listener) => streamServer(listener, wanted, known));
  const text = [
    ...head(surroundings),
    block('events', [`worker_connections ${connectionsOfAll};`]),
    block('http', [
      ...httpDefaults,
      ...limits('clients', trusted, connections),
      ...web.flatMap((backend) => upstream(backend, ['keepalive 32;'])),
      block('server', [`listen unix:${surroundings.folder}/status.sock;`, `return 200 ${generation};`]),
      ...servers,
    ]),
    ...(streams.length > 0
      ? [
          block('stream', [
            'proxy_connect_timeout 500ms;',
            'proxy_timeout 1h;',
            ...limits('stream-clients', trusted, connections),
            ...raw.flatMap((backend) => upstream(backend, [])),
            ...streams,
          ]),
        ]
      : []),
  ].join('\n');
  return { generation, text: `${text}\n` };
}

function head({ folder, user, streamModule }: Surroundings): string[] {
  return [
    ...(streamModule === undefined ? [] : [`load_module ${streamModule};`]),
    ...(user === undefined ? [] : [`user ${user};`]),
    'worker_processes auto;',
    // Each of its connections with a client may need one with a copy.
    `worker_rlimit_nofile ${2 * connectionsOfAll};`,
    // Connections that were open at a reload end of themselves; none for longer than this.
    'worker_shutdown_timeout 1h;',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr warn;',
  ];
}

const httpDefaults = [
  'access_log off;',
  'server_tokens off;',
  'server_names_hash_max_size 65536;',
  'server_names_hash_bucket_size 256;',
  'proxy_headers_hash_max_size 4096;',
  'proxy_headers_hash_bucket_size 128;',
  'variables_hash_max_size 4096;',
  'client_max_body_size 0;',
  'client_header_timeout 10s;',
  'reset_timedout_connection on;',
  'limit_conn_status 429;',
  // Names with anything but letters, digits and hyphens: CGI takes `X_Real_IP` for `X-Real-IP`.
  'ignore_invalid_headers on;',
  'underscores_in_headers off;',
  'proxy_http_version 1.1;',
  'proxy_connect_timeout 500ms;',
  'proxy_request_buffering off;',
  'proxy_buffering off;',
  'proxy_next_upstream error timeout;',
  'proxy_set_header Host $said_host;',
  'proxy_set_header Upgrade $upgrade;',
  'proxy_set_header Connection $connection_upgrade;',
  'proxy_set_header X-Forwarded-For $forwarded_for;',
  'proxy_set_header X-Forwarded-Proto $forwarded_proto;',
  'proxy_set_header X-Forwarded-Prefix $said_prefix;',
  ...hopHeaders.map((name) => `proxy_set_header ${name} '';`),
  ...foreignHeaders.map((name) => `proxy_set_header ${name} $trusted_${variable(name)};`),
  // What of that a trusted proxy says; the last value of a map is the one that nothing else fits.
  ...foreignHeaders.map(
    (name) => `map $is_trusted $trusted_${variable(name)} { 1 $http_${variable(name)}; default ''; }`,
  ),
  // HTTP/1.0 may leave it out, HTTP/1.1 towards the copies may not.
  "map $http_host $said_host { '' $server_addr; default $http_host; }",
  'map $is_trusted $forwarded_for { 1 $proxy_add_x_forwarded_for; default $remote_addr; }',
  'map $is_trusted$http_x_forwarded_proto $forwarded_proto { "~^1(?<said>.+)$" $said; default $scheme; }',
  'map $forwarded_prefix:$is_trusted$http_x_forwarded_prefix $said_prefix { "~^:1(?<said>.+)$" $said; default $forwarded_prefix; }',
  // One name, and the same in the request line as in the header; what has neither is HTTP/1.0.
  `map "$host $http_host" $is_misled { "~*^(${hostName}) \\1\\.?(?::[0-9]{1,5})?$" 0; "~^\\S* $" 0; default 1; }`,
  'ssl_protocols TLSv1.2 TLSv1.3;',
  "map $http_upgrade $upgrade { ~*^websocket$ websocket; default ''; }",
  "map $upgrade $connection_upgrade { websocket upgrade; default ''; }",
];

/** As nginx names headers in its variables. */
function variable(header: string): string {
  return header.toLowerCase().replaceAll('-', '_');
}

/** Who is trusted, and how many connections an address may have that is not. Of HTTP, nginx counts those with a request. */
function limits(zone: string, trusted: readonly string[], connections: number): string[] {
  return [
    block('geo $is_trusted', ['default 0;', ...trusted.map((network) => `${network} 1;`)]),
    "map $is_trusted $client { 1 ''; default $binary_remote_addr; }",
    `limit_conn_zone $client zone=${zone}:10m;`,
    `limit_conn ${zone} ${connections};`,
    'limit_conn_log_level info;',
  ];
}

function block(title: string, inside: readonly string[]): string {
  const indented = inside.flatMap((text) => text.split('\n')).map((line) => `  ${line}`);
  return `${title} {\n${indented.join('\n')}\n}`;
}

function upstream({ name, application, servers }: Backend, more: readonly string[]): string[] {
  if (servers.length === 0) return [];
  const balance = application === 'stream' ? ['least_conn;'] : [];
  const there = servers.map(
    (server) => `server ${hostPort(server)} ${failure}${server.role === 'spare' ? ` backup` : ''};`,
  );
  return [block(`upstream ${name}`, [...balance, ...there, ...more])];
}

function httpServers(listener: Listener, wanted: Wanted, known: ReadonlyMap<string, Backend>): string[] {
  const { port, kind, hosts, paths } = listener;
  const addresses = wanted.listen.get(port) ?? [];
  if (addresses.length === 0) return [];
  const isTls = kind === 'https';
  const server = (names: readonly string[], name: string | undefined, inside: readonly string[]) =>
    block('server', [
      ...addresses.map((address) => {
        const more = `${isTls ? ' ssl http2' : ''}${name === undefined ? ' default_server' : ''}`;
        return `listen ${hostPort({ address, port })}${more};`;
      }),
      `server_name ${names.join(' ')};`,
      'if ($is_misled) { return 400; }',
      ...(isTls ? certificateLines(name, wanted) : []),
      ...inside,
    ]);
  const other = Object.entries(paths).flatMap(([path, to]) => [
    `location = ${path.slice(0, -1)} { return 308 ${path}; }`,
    location(path, known.get(to), `/`, path.slice(0, -1)),
  ]);
  const help = (path: string) =>
    block(`location ${path}`, ["set $forwarded_prefix '';", `proxy_pass http://${hostPort(wanted.help)};`]);
  const always = port === httpPort ? wanted.helpPaths.map((path) => help(`^~ ${path}`)) : [];
  return [
    server(['_'], undefined, [...always, ...other, help('/')]),
    ...Object.entries(hosts).map(([host, to]) =>
      server([host], host, [...always, location('/', known.get(to), '', '')]),
    ),
  ];
}

/** @param target what the path's beginning becomes; empty: it stays */
function location(path: string, backend: Backend | undefined, target: string, prefix: string): string {
  if (!backend || backend.servers.length === 0) return `location ${path} { return 503; }`;
  return block(`location ${path}`, [
    `set $forwarded_prefix '${prefix}';`,
    `proxy_pass http://${backend.name}${target};`,
  ]);
}

function certificateLines(host: string | undefined, { certificates }: Wanted): string[] {
  const certificate = certificateFor(host, certificates);
  return certificate
    ? [`ssl_certificate ${certificate.file};`, `ssl_certificate_key ${certificate.file};`]
    : [];
}

function streamServer(
  { kind, port, backend = '' }: Listener,
  { listen }: Wanted,
  known: ReadonlyMap<string, Backend>,
): string[] {
  const addresses = listen.get(port) ?? [];
  // Nobody to lead to: a port that is closed says so.
  if (kind !== 'stream' || addresses.length === 0 || known.get(backend)?.servers.length === 0) return [];
  return [
    block('server', [
      ...addresses.map((address) => `listen ${hostPort({ address, port })} so_keepalive=on;`),
      'proxy_socket_keepalive on;',
      `proxy_pass ${backend};`,
    ]),
  ];
}
