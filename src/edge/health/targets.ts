import { isOfLayer4, numberOf } from '../model/model.ts';
import type { ServiceView, ViewCopy } from '../view/view.ts';

/** Where a copy is checked, over TCP. */
export interface Target {
  /** Names it: two copies at one address and port are one. */
  readonly key: string;
  readonly address: string;
  readonly port: number;
  readonly site: string;
  /** Whether clients are led there now. */
  readonly isUsed: boolean;
}

/**
 * Whether a gateway itself checks the copies of a service: its answers, or the kernel at layer 4, lead clients to them. Where
 * clients go through the proxy, that checks by itself.
 */
export function isChecked({ steer, ports }: ServiceView): boolean {
  return steer === 'direct' || ports.some(isOfLayer4);
}

/** What a gateway has to check of a service. */
export function targetsOf(service: ServiceView | undefined): Target[] {
  if (!service || !isChecked(service)) return [];
  return service.copies.flatMap((copy) => {
    const target = copy.verdict === 'out' ? undefined : targetOf(service, copy);
    return target ? [target] : [];
  });
}

/** A copy stands and falls with its first TCP port; one without any is not checked. */
export function targetOf({ ports }: Pick<ServiceView, 'ports'>, copy: ViewCopy): Target | undefined {
  const first = ports.find(({ protocol }) => protocol === 'tcp');
  if (!first) return undefined;
  const { address, site } = copy;
  const port = numberOf(copy.ports, first) ?? first.port;
  return { key: `${address} ${port}`, address, port, site, isUsed: copy.verdict === 'chosen' };
}
