import type { Certificate } from './driver.ts';

/** The certificate to show for a host name: one for that very name, else one for all beside it, else the first. */
export function certificateFor(
  host: string | undefined,
  certificates: readonly Certificate[],
): Certificate | undefined {
  const having = (name: string) => certificates.find(({ names }) => names.includes(name));
  return (host && (having(host) ?? having(host.replace(/^[^.]+/, '*')))) || certificates[0];
}
