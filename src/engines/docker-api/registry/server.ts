/** What Docker Hub is called in files of credentials, since its first protocol. */
const dockerHub = 'https://index.docker.io/v1/';

/** The registry of an image, as files of credentials and their helpers call it: `registry.example:5000`. */
export function serverOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  // As Docker tells a host from the first part of a name (distribution/reference, normalize.go).
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || /[A-Z]/.test(first));
  return isHost && first !== 'docker.io' && first !== 'index.docker.io' ? first : dockerHub;
}

/** Whether a key of `auths` is a server: old clients wrote it as an address, `https://registry.example/v1/`. */
export function isKeyOf(server: string, key: string): boolean {
  return key === server || key.replace(/^https?:\/\//, '').replace(/\/.*$/, '') === server;
}
