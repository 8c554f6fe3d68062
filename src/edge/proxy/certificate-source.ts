import type { CurrentView } from '../view/view.ts';
import type { Certificate } from './driver.ts';
import type { ProxySetup } from './routes.ts';

/** Where the certificates of a proxy are from. */
export interface CertificateSource {
  /**
   * Those there are now.
   * @throws HeddleError ERR_EDGE_CERTIFICATE
   */
  read(): Certificate[];
  /** Those of them that are wanted: others are not renewed. Not given: all. */
  wanted?(): Certificate[];
  /** What an authority asks the proxy for before it issues any; nothing: none does. */
  readonly challenges?: ChallengeAnswers;
  /** @param changed to be called when there are others */
  start?(changed: () => void): void;
  /** Told what the proxy does from now on. */
  proxied?(view: CurrentView, how: Proxying): void;
  stop?(): Promise<void>;
}

/** What a proxy does with a view. */
export interface Proxying extends Pick<ProxySetup, 'balance'> {
  /** Whether anybody can ask at port 80. */
  readonly isOpen: boolean;
}

/** Answers what is below `challengePath` (RFC 8555, 8.3). */
export interface ChallengeAnswers {
  /**
   * @param isRelayed whether another gateway asks, which asks all the others itself
   * @param client who asks the proxy
   */
  answer(token: string, isRelayed: boolean, client?: string): Promise<string | undefined>;
}

export const challengePath = '/.well-known/acme-challenge/';
/** What one gateway says to another that it asks. */
export const relayedHeader = 'heddle-relayed';
