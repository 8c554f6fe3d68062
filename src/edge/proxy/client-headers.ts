/**
 * Headers by which proxies tell a service who asked, and how. From a client they are claims that anybody can make, and services
 * believe them: frameworks take the address, the scheme and the host from them, some even the user. So they are taken away from
 * every request, and what the proxy itself knows is said once; only a proxy that was declared (`--trusted-proxy`) may say them.
 *
 * The list is what widespread proxies, clouds and frameworks write or read. It is one of names since nginx cannot take headers
 * away by a pattern; HAProxy takes away all that begins with `X-Forwarded` besides. Spellings with underscores or dots, which
 * CGI and WSGI take for the same names, do not pass either program at all: no header whose name is not of letters, digits and
 * hyphens does.
 */
const claims = [
  // RFC 7239 and RFC 9110, 7.6.3.
  'Forwarded',
  'Via',
  // The address of the client.
  'X-Forwarded',
  'X-Forwarded-For',
  'X-Forwarded-For-Original',
  'X-Forwarded-Client-Ip',
  'X-Forwarded-Ip',
  'X-Forwarded-By',
  'X-Forward-For',
  'Forwarded-For',
  'Forwarded-For-Ip',
  'X-Original-Forwarded-For',
  'X-Original-Remote-Addr',
  'X-Originating-Ip',
  'X-Real-Ip',
  'X-Real-Port',
  'X-Client-Ip',
  'X-Client-Port',
  'X-Cluster-Client-Ip',
  'X-Remote-Ip',
  'X-Remote-Addr',
  'X-Remote-Host',
  'X-Proxyuser-Ip',
  'X-Coming-From',
  'Client-Ip',
  'Remote-Addr',
  'True-Client-Ip',
  'Cf-Connecting-Ip',
  'Cf-Connecting-Ipv6',
  'Cf-Pseudo-Ipv4',
  'Cf-Ipcountry',
  'Cf-Visitor',
  'Fastly-Client-Ip',
  'Fastly-Ssl',
  'Fly-Client-Ip',
  'Do-Connecting-Ip',
  'Ali-Cdn-Real-Ip',
  'Cdn-Src-Ip',
  'X-Azure-Clientip',
  'X-Azure-Socketip',
  'X-Appengine-User-Ip',
  'X-Appengine-Remote-Addr',
  'X-Nf-Client-Connection-Ip',
  'X-Vercel-Forwarded-For',
  'X-Envoy-External-Address',
  'X-Envoy-Internal',
  'X-Envoy-Original-Path',
  // How it asked: scheme, host, port and path.
  'X-Forwarded-Proto',
  'X-Forwarded-Protocol',
  'X-Forwarded-Scheme',
  'X-Forwarded-Ssl',
  'X-Forwarded-Https',
  'X-Forwarded-Host',
  'X-Forwarded-Server',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Path',
  'X-Forwarded-Uri',
  'X-Forwarded-Url',
  'X-Forwarded-Method',
  'X-Forwarded-Context',
  'X-Scheme',
  'X-Url-Scheme',
  'X-Arr-Ssl',
  'Front-End-Https',
  'X-Host',
  'X-Http-Host-Override',
  'X-Original-Host',
  'X-Original-Url',
  'X-Original-Uri',
  'X-Original-Method',
  'X-Rewrite-Url',
  'X-Script-Name',
  // Who it is: certificates (RFC 9440 and before), and users whom a proxy has asked for a password.
  'X-Forwarded-Client-Cert',
  'X-Forwarded-Client-Cert-Chain',
  'X-Forwarded-Tls-Client-Cert',
  'X-Forwarded-Tls-Client-Cert-Info',
  'Client-Cert',
  'Client-Cert-Chain',
  'Ssl-Client-Cert',
  'Ssl-Client-Verify',
  'Ssl-Client-Subject-Dn',
  'Ssl-Client-Issuer-Dn',
  'X-Ssl-Cert',
  'X-Ssl-Client-Cert',
  'X-Ssl-Client-Verify',
  'X-Ssl-Client-Cn',
  'X-Ssl-Client-Dn',
  'X-Ssl-Client-S-Dn',
  'X-Ssl-Client-I-Dn',
  'X-Client-Cert',
  'X-Client-Verify',
  'X-Client-Dn',
  'X-Arr-Clientcert',
  'X-Amzn-Mtls-Clientcert',
  'X-Forwarded-User',
  'X-Forwarded-Groups',
  'X-Forwarded-Email',
  'X-Forwarded-Preferred-Username',
  'X-Forwarded-Access-Token',
  'Remote-User',
  'X-Remote-User',
  'X-Remote-Group',
  'X-Webauth-User',
] as const;

/** What a trusted proxy may say in our place; all else of the list passes from it as it is. */
export const ownHeaders = ['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Prefix'] as const;

/** All that no client may say. */
export const clientHeaders: readonly string[] = claims;

/** Those that the proxies say nothing in the place of. */
export const foreignHeaders: readonly string[] = claims.filter(
  (name) => !(ownHeaders as readonly string[]).includes(name),
);

/**
 * What is meant for the next hop alone (RFC 9110, 7.6.1), so for the proxy, and is not passed on from anybody. Not `Connection` and
 * `Upgrade` for a WebSocket, which the proxy says anew. A service that has HTTP/2 without TLS would follow `Upgrade: h2c` and be
 * spoken to behind the proxy's back. CGI programs take `Proxy` for where they are to send their own requests (CVE-2016-5385).
 */
export const hopHeaders: readonly string[] = [
  'HTTP2-Settings',
  'Keep-Alive',
  'Proxy',
  'Proxy-Authorization',
  'Proxy-Connection',
  'TE',
];

/**
 * One name, as a regular expression for PCRE: of labels that are not empty, or an address; with a port or without. What else a
 * client may write there, two names or a user, is read differently by different programs.
 */
export const hostName = '[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+\\]';
export const hostForm = `^(?:${hostName.replace('|', '\\.?|')})(?::[0-9]{1,5})?$`;
