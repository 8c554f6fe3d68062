import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import type { TestHost } from './host.ts';
import { root } from './installed.ts';
import { until } from './until.ts';

const tools = path.join(root, '.cache', 'tools');

export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A Prometheus that looks every second, an Alertmanager, and the webhook that it tells. */
export class Prometheus {
  /** What the webhook was told, in order. */
  readonly told: Alert[] = [];
  readonly #folder: string;
  readonly #host: TestHost;
  readonly #ports: { readonly prometheus: number; readonly alertmanager: number };
  readonly #webhook: Server;

  constructor(host: TestHost, ports: { readonly prometheus: number; readonly alertmanager: number }) {
    this.#host = host;
    this.#ports = ports;
    this.#folder = path.join(host.folder, 'prometheus');
    this.#webhook = createServer(async (request, response) => {
      this.told.push(...((await json(request)) as { alerts: Alert[] }).alerts);
      response.end();
    });
  }

  /** @param targets where metrics are scraped */
  async start(targets: readonly string[], rules: string): Promise<void> {
    const { prometheus, alertmanager } = this.#ports;
    await new Promise<void>((resolve) => this.#webhook.listen(0, '127.0.0.1', resolve));
    const { port } = this.#webhook.address() as AddressInfo;
    mkdirSync(this.#folder);
    const at = (name: string) => path.join(this.#folder, name);
    // JSON is YAML, too.
    const write = (name: string, content: object) => writeFileSync(at(name), JSON.stringify(content));
    const webhook = { url: `http://127.0.0.1:${port}/` };
    write('alertmanager.yml', {
      route: { receiver: 'test', group_by: ['...'], group_wait: '0s', group_interval: '1s' },
      receivers: [{ name: 'test', webhook_configs: [webhook] }],
    });
    write('prometheus.yml', {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanager}`] }] }] },
      scrape_configs: [{ job_name: 'heddle-edge', static_configs: [{ targets }] }],
    });
    this.#host.launch('prometheus-alertmanager', [
      `--config.file=${at('alertmanager.yml')}`,
      `--storage.path=${at('alerts')}`,
      `--web.listen-address=127.0.0.1:${alertmanager}`,
      '--cluster.listen-address=',
    ]);
    this.#host.launch(path.join(tools, 'prometheus'), [
      `--config.file=${at('prometheus.yml')}`,
      `--storage.tsdb.path=${at('data')}`,
      `--web.listen-address=127.0.0.1:${prometheus}`,
    ]);
    await until('Alertmanager listens', async () => {
      const response = await fetch(`http://127.0.0.1:${alertmanager}/-/ready`);
      return response.ok;
    });
    // One that fires before Prometheus knows of Alertmanager would be told a minute later.
    await until('Prometheus knows it', async () => {
      const { activeAlertmanagers } = await this.#ask<{ activeAlertmanagers: unknown[] }>('alertmanagers');
      return activeAlertmanagers.length === 1;
    });
  }

  /** What an expression comes to now: values by their labels, without the name. Throws when Prometheus refuses it. */
  async query(expression: string): Promise<{ labels: Record<string, string>; value: number }[]> {
    const { result } = await this.#ask<{
      result: { metric: Record<string, string>; value: [number, string] }[];
    }>(`query?query=${encodeURIComponent(expression)}`);
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  /** Waits until an expression comes to one value that is wanted. */
  comesTo(expression: string, wanted: number): Promise<number> {
    const isSo = async () => (await this.query(expression))[0]?.value === wanted;
    return until(`${expression} is ${wanted}`, isSo);
  }

  /** Alerts that hold, and how far they are: `pending` or `firing`. */
  async alerts(): Promise<{ labels: Record<string, string>; state: string }[]> {
    return (await this.#ask<{ alerts: { labels: Record<string, string>; state: string }[] }>('alerts'))
      .alerts;
  }

  close(): void {
    this.#webhook.close();
    this.#webhook.closeAllConnections();
  }

  async #ask<T>(what: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.#ports.prometheus}/api/v1/${what}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(`${what}: ${error}`);
    return data;
  }
}
