import type { ServiceView, ViewCopy } from '../view/view.ts';

/** Where a copy is checked, over TCP. */
export interface Target {
  /** Names it: two copies at one address and port are one. */
  readonly key: string;
  readonly address: string;
  readonly port: number;
  /** Whether clients are led there now. */
  readonly isUsed: boolean;
}

/**
 * What a gateway has to check of a service: copies that its answers lead clients to directly. Where clients go through the
 * proxy, that checks by itself.
 */
export function targetsOf(service: ServiceView | undefined): Target[] {
  if (service?.steer !== 'direct') return [];
  return service.copies.flatMap((copy) => {
    const target = copy.verdict === 'out' ? undefined : targetOf(service, copy);
    return target ? [target] : [];
  });
}

/** A copy stands and falls with its first TCP port; one without any is not checked. */
export function targetOf({ ports }: ServiceView, copy: ViewCopy): Target | undefined {
  const first = ports.find(({ protocol }) => protocol === 'tcp');
  if (!first) return undefined;
  const { address } = copy;
  const port = copy.ports[first.name] ?? first.port;
  return { key: `${address} ${port}`, address, port, isUsed: copy.verdict === 'chosen' };
}
