import { inNamespace } from '../ip.ts';
import { admission, chain, dismissal } from './docker-rules.ts';
import { host } from './links.ts';

const families = ['iptables', 'ip6tables'] as const;
/** Milliseconds for which what was seen holds: many networks that are made at once need one look. */
const fresh = 1000;

/** Docker's rules on the same host, by the iptables that it uses itself. */
export class DockerUser {
  #seen = Number.NEGATIVE_INFINITY;

  /** Lets the bridges of networks through, where Docker is. */
  async admit(): Promise<void> {
    if (performance.now() - this.#seen < fresh) return;
    this.#seen = performance.now();
    await this.#change(admission);
  }

  /** Takes that away: there are no networks any more. */
  async dismiss(): Promise<void> {
    this.#seen = Number.NEGATIVE_INFINITY;
    await this.#change(dismissal);
  }

  async #change(lines: (listed: string) => readonly string[]): Promise<void> {
    for (const iptables of families) {
      const listed = await rulesOf(iptables);
      const change = listed === undefined ? [] : lines(listed);
      if (change.length === 0) continue;
      const text = ['*filter', ...change, 'COMMIT', ''].join('\n');
      await inNamespace(host, [`${iptables}-restore`, '-w', '5', '--noflush'], text);
    }
  }
}

/** Nothing where there is no Docker, or no iptables. */
async function rulesOf(iptables: string): Promise<string | undefined> {
  try {
    await inNamespace(host, [iptables, '-w', '5', '-S', chain]);
    return await inNamespace(host, [iptables, '-w', '5', '-S']);
  } catch {
    return undefined;
  }
}
