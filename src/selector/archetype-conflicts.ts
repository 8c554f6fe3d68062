import ipaddr from 'ipaddr.js';
import type { Network, Service } from '../descriptor/application.ts';
import type { Descriptor } from '../descriptor/index.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { plainIssue } from '../lib/plain-issue.ts';
import type { Archetype } from '../networks/standard/archetype.ts';
import { mtu } from '../networks/standard/network.ts';
import { driverOptionsOf, optionsOf } from './network-options.ts';

type Path = readonly (string | number)[];
type Known = Pick<Archetype, 'name' | 'networkOptions' | 'carriesIp'>;

/** What networks of archetypes, and services on them, are asked for and cannot have. */
export function archetypeConflicts(descriptor: Descriptor, archetypes: readonly Known[]): Diagnostic[] {
  const { networks, services } = descriptor.application;
  const byName = new Map(archetypes.map((archetype) => [archetype.name, archetype]));
  const found: Diagnostic[] = [];
  const report = (code: Diagnostic['code'], path: Path, message: string, hint?: string) =>
    found.push({
      severity: 'error',
      code,
      message: `${path.join('.')}: ${message}`,
      at: descriptor.at([...path]),
      ...(hint !== undefined && { hint }),
    });
  for (const network of Object.values(networks)) checkNetwork(network, byName, report);
  for (const service of Object.values(services)) checkService(service, networks, byName, report);
  return found;
}

type Report = (code: Diagnostic['code'], path: Path, message: string, hint?: string) => void;

function checkNetwork(network: Network, archetypes: ReadonlyMap<string, Known>, report: Report): void {
  const { key, archetype: name, archetypeOptions, driver, external } = network;
  const path = ['networks', key];
  if (name === undefined && archetypeOptions)
    report(
      'ERR_COMPOSE_CONFLICT',
      [...path, 'x-heddle', 'options'],
      'they are those of an archetype',
      'name one',
    );
  if (network.needs && name !== 'auto' && !network.chosen)
    report(
      'ERR_COMPOSE_CONFLICT',
      [...path, 'x-heddle', 'needs'],
      'a network is chosen by them where its archetype is auto',
      'write archetype: auto',
    );
  if (name === 'auto') {
    report(
      'ERR_NETWORK_NEEDS',
      [...path, 'x-heddle', network.chosen ? 'needs' : 'archetype'],
      network.chosen?.reason ?? 'what it is, the node says, which knows what was measured',
    );
    return;
  }
  if (name === undefined || name === 'engine') {
    checkEngines(network, report);
    return;
  }
  const archetype = archetypes.get(name);
  if (!archetype) {
    const there = [...archetypes.keys(), 'engine'];
    const message = `${JSON.stringify(name)}: there are ${there.join(', ')}`;
    report('ERR_ARCHETYPE_UNKNOWN', [...path, 'x-heddle', 'archetype'], message, didYouMean(name, there));
    return;
  }
  if (driver !== undefined)
    report(
      'ERR_COMPOSE_CONFLICT',
      [...path, 'driver'],
      `it is of ${name}, and no driver of the engine makes it`,
    );
  if (external) return;
  const { mtu: bytes, others } = driverOptionsOf(network);
  for (const option of others)
    report(
      'ERR_COMPOSE_CONFLICT',
      [...path, 'driver_opts', option],
      `it is of ${name}, and no driver of the engine makes it`,
      'what it takes instead is under x-heddle.options',
    );
  if (bytes !== undefined && !mtu.safeParse(bytes).success)
    report('ERR_COMPOSE_TYPE', [...path, 'driver_opts'], 'expected an MTU of 1280 to 65535');
  if (network.program !== undefined && network.vlan === undefined)
    report(
      'ERR_COMPOSE_CONFLICT',
      [...path, 'x-heddle', 'program'],
      'its frames pass no edge',
      'write `vlan`, too: it joins the network to the physical network',
    );
  const bare = network.ipam.findIndex(({ subnet }) => subnet === undefined);
  if (bare >= 0)
    report(
      'ERR_COMPOSE_UNSUPPORTED',
      [...path, 'ipam', 'config', bare],
      `a network of ${name} has a gateway or a range in a subnet only`,
      'write the subnet, too',
    );
  const options = optionsOf(network);
  const checked = archetype.networkOptions.safeParse(options);
  if (!checked.success) {
    const why = plainIssue(checked.error.issues, options, 'it');
    report('ERR_COMPOSE_TYPE', path, `a network of ${name} cannot be so: ${why}`);
  }
}

/** A network of the engine's is this host's alone. */
function checkEngines({ key, vlan, program }: Network, report: Report): void {
  for (const [field, value] of Object.entries({ vlan, program }))
    if (value !== undefined)
      report(
        'ERR_COMPOSE_CONFLICT',
        ['networks', key, 'x-heddle', field],
        'a network of the engine’s has no way to other hosts',
        'name an archetype: `archetype: ip`',
      );
}

function checkService(
  { name, networks: places, ports, dns }: Service,
  networks: Readonly<Record<string, Network>>,
  archetypes: ReadonlyMap<string, Known>,
  report: Report,
): void {
  const on = Object.keys(places).flatMap((key) => networks[key] ?? []);
  const own = on.filter(({ archetype = 'engine' }) => archetype !== 'engine');
  const path = ['services', name];
  const [first] = own;
  if (!first) return;
  const engines = on.find((network) => !own.includes(network));
  if (engines)
    report(
      'ERR_COMPOSE_UNSUPPORTED',
      [...path, 'networks'],
      `${first.key} is of ${first.archetype} and ${engines.key} is the engine’s: a service is on networks of one of the two`,
      `give ${engines.key} an archetype, too`,
    );
  for (const { key, archetype = '' } of own) {
    if (archetypes.get(archetype)?.carriesIp !== false) continue;
    const place = places[key];
    if (place?.ipv4 !== undefined || place?.ipv6 !== undefined || place?.aliases.length)
      report(
        'ERR_COMPOSE_CONFLICT',
        [...path, 'networks', key],
        `there are no addresses and names on a network of ${archetype}`,
      );
  }
  const isOpen = (network: Network) =>
    optionsOf(network)['internal'] !== true && archetypes.get(network.archetype ?? '')?.carriesIp !== false;
  if (ports.length > 0 && !own.some(isOpen))
    report('ERR_COMPOSE_CONFLICT', [...path, 'ports'], 'nothing comes in through the networks that it is on');
  ports.forEach(({ hostIp }, index) => {
    if (hostIp !== undefined && ipaddr.process(hostIp).range() === 'loopback' && hostIp.includes(':'))
      report(
        'ERR_COMPOSE_UNSUPPORTED',
        [...path, 'ports', index],
        `from ${hostIp} no port leads to a network of ${first.archetype}: the kernel takes no answer for it`,
        'publish at 127.0.0.1',
      );
  });
  if (dns.length > 0 && !own.some(isOpen))
    report('ERR_COMPOSE_CONFLICT', [...path, 'dns'], 'nobody is asked outside of the networks that it is on');
}
