import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Authority } from '../../src/edge/ca/authority.ts';
import { writeCredentials } from '../../src/edge/ca/credentials.ts';
import { controllerSubject, gatewaySubject } from '../../src/edge/ca/subjects.ts';
import { type Running, TestHost } from '../../test/support/host.ts';
import { installPackage } from '../../test/support/setup.ts';
import { until } from '../../test/support/until.ts';
import { takingDown } from './bench-host.ts';
import { startResolver } from './caching-resolver.ts';
import { type ProcessUsage, processUsage } from './process-usage.ts';
import { say } from './rounds.ts';

const brokerAddress = '127.84.1.1';
/** Milliseconds in which all of them have to be up. */
const timeout = 120_000;

/** What the edge file says. */
interface Written {
  text(): string;
}

/** A controller with its own broker, and a gateway for each site, each a process of the installed package. */
export class EdgeProcesses implements AsyncDisposable {
  readonly #host = new TestHost();
  readonly #remove = takingDown(() => this.#host.remove());
  readonly #file = path.join(this.#host.folder, 'edge.yaml');
  #controller = 0;
  #gateways: readonly number[] = [];

  /**
   * @param file `sites`: where there is a gateway
   * @param proxy what the gateways are told with `--proxy`
   */
  static async start(
    file: Written & { readonly sites: readonly string[] },
    proxy: string,
  ): Promise<EdgeProcesses> {
    say('packing and installing heddle');
    installPackage();
    const edge = new EdgeProcesses();
    try {
      edge.write(file);
      await edge.#start(file.sites, proxy);
      return edge;
    } catch (error) {
      await edge.#remove();
      throw error;
    }
  }

  /**
   * Writes the edge file, in one step for those that read it.
   * @returns when that began, on the clock of `performance.now()`
   */
  write(file: Written): number {
    const text = file.text();
    const began = performance.now();
    writeFileSync(`${this.#file}.new`, text);
    renameSync(`${this.#file}.new`, this.#file);
    return began;
  }

  /** What the controller has used until now, and each of the gateways. */
  usage(): { readonly controller: ProcessUsage; readonly gateways: readonly ProcessUsage[] } {
    return { controller: processUsage(this.#controller), gateways: this.#gateways.map(processUsage) };
  }

  /** Starts a caching resolver that asks a gateway. */
  startResolver(domain: string, gateway: string): void {
    startResolver(this.#host, domain, gateway);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#remove();
  }

  async #start(sites: readonly string[], proxy: string): Promise<void> {
    const folder = (name: string) => path.join(this.#host.folder, name);
    const authority = await Authority.create(folder('ca'));
    writeCredentials(folder('controller'), await authority.issue(controllerSubject, [brokerAddress], 1));
    for (const site of sites)
      writeCredentials(folder(site), await authority.issue(gatewaySubject(site), [], 1));
    say(`starting a controller and ${sites.length} gateways`);
    const listen = ['--listen', `${brokerAddress}:8883`];
    const controller = this.#host.start(
      ...['edge', 'controller', '-f', this.#file, '--tls', folder('controller'), ...listen],
    );
    await this.#says(controller, 'the controller acts as leader"');
    const broker = ['--broker', `mqtts://${brokerAddress}:8883`, '--proxy', proxy];
    const gateways = sites.map((site) =>
      this.#host.start('edge', 'gateway', '--site', site, '--tls', folder(site), ...broker),
    );
    this.#controller = controller.pid;
    this.#gateways = gateways.map(({ pid }) => pid);
    await Promise.all(
      gateways.map((gateway) =>
        this.#says(gateway, 'in contact with the controller: DNS answers are up to date'),
      ),
    );
  }

  async #says(running: Running, text: string): Promise<void> {
    await until(
      text,
      () => {
        if (running.exitCode() !== null) throw new Error(running.printed());
        return running.printed().includes(text);
      },
      timeout,
    );
  }
}
