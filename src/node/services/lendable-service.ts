import type { NetworkingService } from '../../networks/standard/networking-service.ts';

/** A networking service in whose place another one may stand for a while. */
export class LendableService implements NetworkingService {
  readonly #service: NetworkingService;
  #inPlace: NetworkingService | undefined;

  constructor(service: NetworkingService) {
    this.#service = service;
  }

  get networks() {
    return this.#current.networks;
  }

  get traffic() {
    return this.#current.traffic;
  }

  endpoints(network: string) {
    return this.#current.endpoints(network);
  }

  /** From now on another answers; nothing: it does itself again. */
  lend(inPlace: NetworkingService | undefined): void {
    this.#inPlace = inPlace;
  }

  get #current(): NetworkingService {
    return this.#inPlace ?? this.#service;
  }
}
