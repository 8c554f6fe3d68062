import { type Family, normal } from './rules.ts';

/** UDP packets that the kernel takes to belong together, as conntrack(8) lists them. */
export interface Flow {
  readonly port: number;
  /** Where that is led: the gateway itself for what began before there was anywhere. */
  readonly backend: string;
  readonly backendPort: number;
}

/**
 * Reads `conntrack -L`: of each line, `src= dst= sport= dport=` as the client sent it, then the same of the answer.
 * Pure.
 */
export function readFlows(text: string): Flow[] {
  return text.split('\n').flatMap((line) => {
    const [there, back] = [...line.matchAll(/src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g)];
    if (!there || !back) return [];
    return {
      port: Number(there[4]),
      backend: back[1] as string,
      backendPort: Number(back[3]),
    };
  });
}

/** By port, `udp-53-ip`: copies that keep the connections they have, `10.2.9.1 . 8080`. */
export type Keepers = ReadonlyMap<string, ReadonlySet<string>>;

/** Flows to balanced ports that lead to no copy that could answer: a client that goes on sending would never leave it. */
export function lostFlows(flows: readonly Flow[], family: Family, keepers: Keepers): readonly Flow[] {
  const lost = flows.filter(({ port, backend, backendPort }) => {
    const copies = keepers.get(`udp-${port}-${family}`);
    return copies !== undefined && !copies.has(`${normal(backend)} . ${backendPort}`);
  });
  return [...new Map(lost.map((one) => [JSON.stringify(one), one])).values()];
}

/** Arguments of conntrack(8) that name what clients send to a port of a gateway. */
export function flowArguments(
  family: Family,
  protocol: string,
  gateway: string,
  port: number | string,
): string[] {
  const version = family === 'ip' ? 'ipv4' : 'ipv6';
  return ['-f', version, '-p', protocol, '-d', gateway, '--orig-port-dst', String(port)];
}
