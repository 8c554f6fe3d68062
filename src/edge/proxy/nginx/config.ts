import { contentHash } from '../../../lib/hash.ts';
import { hostPort } from '../address.ts';
import { certificateFor } from '../certificate-for.ts';
import type { Wanted } from '../driver.ts';
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
  const { routes, certificates } = wanted;
  const parts = [routes, [...wanted.listen], wanted.help, wanted.helpPaths, certificates, surroundings];
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
    block('events', ['worker_connections 4096;']),
    block('http', [
      ...httpDefaults,
      ...web.flatMap((backend) => upstream(backend, ['keepalive 32;'])),
      block('server', [`listen unix:${surroundings.folder}/status.sock;`, `return 200 ${generation};`]),
      ...servers,
    ]),
    ...(streams.length > 0
      ? [
          block('stream', [
            'proxy_connect_timeout 500ms;',
            'proxy_timeout 1h;',
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
  'client_max_body_size 0;',
  'proxy_http_version 1.1;',
  'proxy_connect_timeout 500ms;',
  'proxy_request_buffering off;',
  'proxy_buffering off;',
  'proxy_next_upstream error timeout;',
  'proxy_set_header Host $http_host;',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection $connection_upgrade;',
  'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
  'proxy_set_header X-Forwarded-Prefix $forwarded_prefix;',
  'ssl_protocols TLSv1.2 TLSv1.3;',
  "map $http_upgrade $connection_upgrade { default upgrade; '' ''; }",
];

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
