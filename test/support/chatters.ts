import { EtarchClient } from '../../src/networks/etarch/client/client.ts';
import type { Entity, Membership, WorkspaceSettings } from '../../src/networks/etarch/client/entity.ts';

/** Entities of a test, with what each has heard: `bob: hello`. */
export class Chatters {
  readonly #clients: EtarchClient[] = [];

  async open(namespace: string, device = 'eth0'): Promise<EtarchClient> {
    const client = await EtarchClient.open({ interface: device, namespace });
    this.#clients.push(client);
    return client;
  }

  async enter(title: string, namespace: string, capabilities: readonly string[] = []): Promise<Chatter> {
    const client = await this.open(namespace);
    return new Chatter(client, await client.register(title, capabilities));
  }

  close(): void {
    for (const client of this.#clients.splice(0)) client.close();
  }
}

export class Chatter {
  readonly client: EtarchClient;
  readonly entity: Entity;
  readonly heard: string[] = [];

  constructor(client: EtarchClient, entity: Entity) {
    this.client = client;
    this.entity = entity;
  }

  join(workspace: string): Promise<Membership> {
    return this.entity.join(workspace, ({ from, data }) => this.heard.push(`${from}: ${data}`));
  }

  async host(workspace: string, settings: WorkspaceSettings = {}): Promise<Membership> {
    await this.entity.create(workspace, settings);
    return this.join(workspace);
  }
}
