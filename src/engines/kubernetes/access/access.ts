import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { HeddleError } from '../../../lib/errors.ts';
import { type Credentials, FixedCredentials, type Shown, TokenFile } from './credentials.ts';
import { ExecCredentials } from './exec-credentials.ts';
import type { ClusterEntry, ExecEntry, UserEntry } from './kubeconfig-schema.ts';
import { readSmallFile } from './small-file.ts';

type Library = typeof import('@kubernetes/client-node');

/** What a request is made with, and what it shows of who asks. */
export interface Pass {
  readonly shown: Shown;
  readonly options: RequestOptions;
}

/**
 * The way to one API server for one user. The client library makes the connection (TLS, proxies, OpenID Connect); who asks
 * is worked out here, since the library reads no token file, keeps what a plugin said once, and certificates for ever.
 */
export class Access {
  readonly #library: Library;
  readonly #cluster: ClusterEntry;
  readonly #user: UserEntry;
  readonly #credentials: Credentials;
  /** Names what says who asks. */
  readonly source: string;
  /** The library's, for as long as what it was made of is the same. */
  #made: { readonly of: string; readonly config: KubeConfig } | undefined;

  constructor(library: Library, cluster: ClusterEntry, user: UserEntry, userName: string) {
    this.#library = library;
    this.#cluster = cluster;
    this.#user = user;
    this.#credentials = credentialsOf(cluster, user, userName);
    this.source = user.exec
      ? `the exec plugin ${user.exec.command} has not answered`
      : `the user "${userName}" of the kubeconfig`;
  }

  get server(): string {
    return (this.#cluster.server ?? '').replace(/\/+$/, '');
  }

  /** @throws HeddleError ERR_KUBERNETES */
  async pass(): Promise<Pass> {
    const shown = await this.#credentials.get();
    const options: RequestOptions = {};
    await this.#config(shown).applyToHTTPSOptions(options);
    options.headers = { ...options.headers, ...this.#headers(shown) };
    return { shown, options };
  }

  refused(shown: Shown): boolean {
    return this.#credentials.refused(shown);
  }

  accepted(): void {
    this.#credentials.accepted();
  }

  #config({ certificate, key }: Shown): KubeConfig {
    const cluster = this.#cluster;
    const user = this.#user;
    const parts = {
      caData: dataOf(cluster, 'certificate-authority'),
      certData: certificate ? encode(certificate) : dataOf(user, 'client-certificate'),
      keyData: key ? encode(key) : dataOf(user, 'client-key'),
    };
    const of = JSON.stringify(parts);
    if (this.#made?.of === of) return this.#made.config;
    const isPlain = this.server.startsWith('http:');
    const config = new this.#library.KubeConfig();
    const { caData, ...own } = parts;
    config.loadFromOptions({
      clusters: [
        {
          name: 'cluster',
          server: this.server,
          // The library wants this said where there is nothing to verify.
          skipTLSVerify: isPlain || (cluster['insecure-skip-tls-verify'] ?? false),
          ...(caData && { caData }),
          ...(cluster['tls-server-name'] && { tlsServerName: cluster['tls-server-name'] }),
          ...(cluster['proxy-url'] && { proxyUrl: cluster['proxy-url'] }),
        },
      ],
      users: [
        {
          name: 'user',
          ...Object.fromEntries(Object.entries(own).filter(([, value]) => value)),
          ...(user['auth-provider'] && { authProvider: user['auth-provider'] }),
        },
      ],
      contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
      currentContext: 'context',
    });
    this.#made = { of, config };
    return config;
  }

  #headers({ token }: Shown): Record<string, string | string[]> {
    const user = this.#user;
    const headers: Record<string, string | string[]> = {};
    if (token) headers['Authorization'] = `Bearer ${token}`;
    else if (user.username)
      headers['Authorization'] =
        `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
    if (user.as) headers['Impersonate-User'] = user.as;
    if (user['as-uid']) headers['Impersonate-Uid'] = user['as-uid'];
    if (user['as-groups']?.length) headers['Impersonate-Group'] = user['as-groups'];
    for (const [name, values] of Object.entries(user['as-user-extra'] ?? {}))
      headers[`Impersonate-Extra-${encodeURIComponent(name)}`] = values;
    return headers;
  }
}

/** A plugin is run once at a time by all who ask the same server as the same user: for services, and for a Lease. */
const plugins = new Map<string, ExecCredentials>();

function execCredentials(cluster: ClusterEntry, exec: ExecEntry, name: string): ExecCredentials {
  const key = JSON.stringify([cluster, exec, name]);
  const known = plugins.get(key) ?? new ExecCredentials(exec, cluster, name);
  plugins.set(key, known);
  return known;
}

function credentialsOf(cluster: ClusterEntry, user: UserEntry, name: string): Credentials {
  const { exec, token, tokenFile } = user;
  if (tokenFile) return new TokenFile(tokenFile, token ?? undefined);
  if (token) return new FixedCredentials({ token });
  if (exec) return execCredentials(cluster, exec, name);
  return new FixedCredentials({});
}

/** In base64, of the file if it names one, read anew: certificates are exchanged. */
function dataOf(entry: ClusterEntry | UserEntry, key: string): string | undefined {
  const data = entry[`${key}-data`];
  if (typeof data === 'string' && data !== '') return data;
  const file = entry[key];
  if (typeof file !== 'string' || file === '') return undefined;
  try {
    return encode(readSmallFile(file));
  } catch (cause) {
    throw new HeddleError(
      'ERR_KUBERNETES',
      `${key} of the kubeconfig cannot be read: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
