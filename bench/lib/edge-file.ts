/** What the edge file of the benchmark has: sites with a gateway each, nodes at them, services with a copy each. */
export class EdgeFile {
  readonly domain = 'edge.internal';
  readonly #sites: readonly string[];
  readonly #nodes: number;
  /** By name, the number of the node that its copy runs on. */
  readonly #services = new Map<string, number>();

  /** @param nodes over which the copies are spread; one more has none, for services to move to when there is one only */
  constructor(sites: number, nodes: number, services: number) {
    this.#sites = Array.from({ length: sites }, (_, index) => `site-${index}`);
    this.#nodes = nodes;
    for (let index = 0; index < services; index++) this.#services.set(`s${index}`, index % nodes);
  }

  get sites(): readonly string[] {
    return this.#sites;
  }

  /** Where the gateway of a site is: nothing else on the machine has such addresses. */
  gatewayAddress(site: string): string {
    return `127.84.0.${this.#sites.indexOf(site) + 1}`;
  }

  /** The name that a service is asked for by. */
  nameOf(service: string): string {
    return `${service}.bench.svc.${this.domain}`;
  }

  /** Puts the copy of a service on a node; returns the address that its name leads to from then on. */
  place(service: string, node: number): string {
    this.#services.set(service, node);
    return nodeAddress(node);
  }

  /** The node after the one that a service is on. */
  nodeAfter(service: string): number {
    return ((this.#services.get(service) ?? 0) + 1) % Math.max(2, this.#nodes);
  }

  remove(service: string): void {
    this.#services.delete(service);
  }

  /** In the form that people write. */
  text(): string {
    const numbers = Array.from({ length: Math.max(2, this.#nodes) }, (_, index) => index);
    const sites = this.#sites.map((site) => {
      const { latitude, longitude } = place(site);
      const location = `{ latitude: ${latitude}, longitude: ${longitude} }`;
      return `  ${site}: { gateway: [${this.gatewayAddress(site)}], location: ${location} }`;
    });
    const nodes = numbers.map((node) => {
      const site = this.#sites[node % this.#sites.length];
      return `  n${node}: { site: ${site}, addresses: [${nodeAddress(node)}] }`;
    });
    const services = [...this.#services].map(([name, node]) => serviceOn(name, node));
    const sections = { sites, nodes, services };
    const written = Object.entries(sections).flatMap(([section, lines]) => [`${section}:`, ...lines]);
    return `domain: ${this.domain}\n${written.join('\n')}\n`;
  }
}

/** Of this machine, so that what gateways check stays on it. Nothing listens there: it would take the gateways' time. */
function nodeAddress(node: number): string {
  return `127.84.2.${node + 1}`;
}

function serviceOn(name: string, node: number): string {
  const copy = `{ id: one, node: n${node}, address: ${nodeAddress(node)}, ports: { http: 8080 } }`;
  return `  bench/${name}:
    ports: { http: { port: 80, application: http } }
    steer: direct
    copies: [${copy}]`;
}

/** Some place for each. */
function place(site: string) {
  const number = Number(site.replace('site-', ''));
  return { latitude: 40 + (number % 5) * 5, longitude: -10 + Math.floor(number / 5) * 8 };
}
