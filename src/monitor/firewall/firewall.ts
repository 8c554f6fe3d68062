import type { Engine } from '../../engines/engine.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import { AddressBook } from '../flows/address-book.ts';
import { readCounters } from './counters.ts';
import { parseDenial } from './denials.ts';
import type { Denial, FirewallCounter, FirewallReport } from './record.ts';

/** Lines of each firewall's log that are looked at: its denials are at most 20 a second. */
const logLines = 1000;

/**
 * What the firewalls of an application, or of some of its services, have counted and denied.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when none of them has a firewall
 */
export async function readFirewall(
  engine: Engine,
  spec: DeploymentSpec,
  services: readonly string[],
  since = 0,
): Promise<FirewallReport> {
  const pods = spec.pods.filter((pod) => pod.function?.kind === 'firewall');
  const wanted = pods.filter((pod) => services.length === 0 || services.includes(pod.service ?? ''));
  if (wanted.length === 0) {
    throw new HeddleError(
      'ERR_FEATURE_IMPOSSIBLE',
      `${services.join(', ') || spec.project}: no service has a firewall`,
      {
        hint: 'write `x-heddle: {manage: {firewall: true}}` in a service and run `heddle up`',
      },
    );
  }
  const { containers } = await engine.observe(spec.project);
  const book = new AddressBook(containers, spec);
  const reports = await Promise.all(wanted.map((pod) => readOne(engine, pod, book, since)));
  return {
    counters: reports.flatMap(({ counters }) => counters),
    denied: reports.flatMap(({ denied }) => denied).sort((a, b) => (a.time < b.time ? -1 : 1)),
  };
}

async function readOne(
  engine: Engine,
  pod: PodSpec,
  book: AddressBook,
  since: number,
): Promise<FirewallReport> {
  const agent = pod.containers[0]?.name ?? '';
  const { service = '', function: fn } = pod;
  if (!fn) return { counters: [], denied: [] };
  const [counters, denied] = await Promise.all([
    engine.exec(agent, ['nft', '-j', 'list', 'counters']),
    denials(engine, agent, service, fn.pod, book, since),
  ]);
  return {
    counters: readCounters(counters.stdout, fn.rules).map(
      (reading): FirewallCounter => ({ service, pod: fn.pod, ...reading }),
    ),
    denied,
  };
}

async function denials(
  engine: Engine,
  agent: string,
  service: string,
  pod: string,
  book: AddressBook,
  since: number,
): Promise<Denial[]> {
  const found: Denial[] = [];
  const log = await engine.logs(agent, {
    follow: false,
    timestamps: false,
    tail: logLines,
    since: since / 1000,
  });
  for await (const { text } of log) {
    const denial = parseDenial(text, service, pod, book);
    if (denial && Date.parse(denial.time) >= since) found.push(denial);
  }
  return found;
}
