import type { Engine } from '../../../engines/engine.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { AddressBook } from '../../../monitor/addresses/address-book.ts';
import type { FirewallRules } from '../../../networks/path/firewall/rules.ts';
import { chainOf } from '../../../selector/led.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import type { AddressAssignment } from '../../../state/history.ts';
import type { Denial, FirewallCounter } from '../contract.ts';
import { readCounters } from './counters.ts';
import { parseDenial } from './denials.ts';

/** Lines of each firewall's log that are looked at: its denials are at most 20 a second. */
const logLines = 1000;

/**
 * What the firewalls of an application, or of some of its services, have counted.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when none of them has a firewall
 */
export async function readCounts(
  engine: Engine,
  spec: DeploymentSpec,
  services: readonly string[],
): Promise<FirewallCounter[]> {
  const counted = firewallsOf(spec, services).map(async ({ agent, service, guarded, chain, rules }) => {
    const { stdout } = await engine.console.exec(agent, ['nft', '-j', 'list', 'counters']);
    return readCounters(stdout, rules).map(
      (reading): FirewallCounter => ({ service, pod: guarded, chain, ...reading }),
    );
  });
  return (await Promise.all(counted)).flat();
}

/**
 * The packets that they denied since a moment (milliseconds since 1970), the newest last. `assignments`: who had which
 * address since then.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when none of them has a firewall
 */
export async function readDenials(
  engine: Engine,
  spec: DeploymentSpec,
  services: readonly string[],
  since: number,
  assignments: readonly AddressAssignment[],
): Promise<Denial[]> {
  const book = new AddressBook(spec, assignments);
  const denied = firewallsOf(spec, services).map((firewall) => denials(engine, firewall, book, since));
  return (await Promise.all(denied)).flat().sort((a, b) => (a.time < b.time ? -1 : 1));
}

interface Firewall {
  readonly agent: string;
  readonly service: string;
  /** The pod that it guards. */
  readonly guarded: string;
  /** In which it stands; empty: it is the service's own. */
  readonly chain: string;
  readonly rules: FirewallRules;
}

function firewallsOf(spec: DeploymentSpec, services: readonly string[]): Firewall[] {
  const firewalls = spec.pods.flatMap(({ name, service = '', function: fn, containers }): Firewall[] =>
    fn?.kind === 'firewall' && (services.length === 0 || services.includes(service))
      ? [
          {
            agent: containers[0]?.name ?? '',
            service,
            guarded: fn.pod,
            chain: chainOf(spec, name),
            rules: fn.settings,
          },
        ]
      : [],
  );
  if (firewalls.length > 0) return firewalls;
  throw new HeddleError(
    'ERR_FEATURE_IMPOSSIBLE',
    `${services.join(', ') || spec.project}: no service has a firewall`,
    { hint: 'write `x-heddle: {manage: {firewall: true}}` in a service and run `heddle up`' },
  );
}

async function denials(
  engine: Engine,
  { agent, service, guarded, chain }: Firewall,
  book: AddressBook,
  since: number,
): Promise<Denial[]> {
  const found: Denial[] = [];
  const log = await engine.console.logs(agent, {
    follow: false,
    timestamps: false,
    tail: logLines,
    since: since / 1000,
  });
  for await (const { text } of log) {
    const denial = parseDenial(text, { service, pod: guarded, chain }, book);
    if (denial && Date.parse(denial.time) >= since) found.push(denial);
  }
  return found;
}
