import { HeddleError } from '../lib/errors.ts';

/** Of `[[address:]published:]port[/protocol]`, as `docker run -p` has it; without a port of the host, one is chosen. @throws HeddleError ERR_USAGE */
export function publishedPort(text: string) {
  const found =
    /^(?:(?:(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]+)):)?(?<published>\d+):)?(?<port>\d+)(?:\/(?<protocol>tcp|udp|sctp))?$/.exec(
      text,
    );
  if (!found?.groups)
    throw new HeddleError(
      'ERR_USAGE',
      `${JSON.stringify(text.slice(0, 80))} is not of the form [[ADDRESS:]PORT:]PORT[/tcp|udp|sctp]`,
    );
  const { v4, v6, published, port, protocol = 'tcp' } = found.groups;
  const address = v6 ?? v4;
  return {
    port: Number(port),
    ...(published !== undefined && { published: Number(published) }),
    protocol,
    ...(address !== undefined && { address }),
  };
}
