import { afterAll, describe, expect, test } from 'vitest';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const file = (onFailure: string) => `
services:
  web: { ${tiny}, init: true, networks: [lab] }
  db: { ${tiny}, init: true, networks: [lab] }
  ids: { ${tiny}, init: true, restart: "no", network_mode: none, x-heddle: { function: wire } }
  tap: { ${tiny}, init: true, network_mode: none, x-heddle: { function: { mode: wire, per: replica } } }
networks:
  lab: {}
x-heddle:
  chains: [{ name: front, from: web, to: db, match: { ports: [80/tcp] }, through: [ids, tap], onFailure: ${onFailure} }]
`;

describe.each(['closed', 'open'])(
  'when the program of a function ends, a chain that is %s on failure',
  (onFailure) => {
    const host = new TestHost();
    const name = `hends${onFailure}`;
    const project = host.project(name, file(onFailure));
    const reaches = async () =>
      (await host.run('podman', ['exec', `${name}-web-1`, 'nc', '-z', '-w', '1', 'db', '80'])).code === 0;
    const chain = async () => (await host.json<ChainStatus[]>('chain', 'ls', ...project))[0]!;
    const note = async () =>
      (await host.json<ContainerStatus[]>('ps', ...project)).find((row) => row.name === `${name}-db-1`)?.note;

    afterAll(() => host.remove());

    test(
      onFailure === 'closed' ? 'lets nothing pass, and says so' : 'goes on without it, and says so',
      async () => {
        await host.ok('up', ...project);
        expect(await reaches()).toBe(true);
        const life = host.lifeOf(`${name}-db-1`);
        host.podman('kill', '--signal', 'KILL', `${name}-ids-1`);
        const ids = `${name}-ids-1`;
        if (onFailure === 'closed') {
          await until('nothing passes', async () => !(await reaches()));
          await until('it is said', async () => (await chain()).state === 'failed');
          expect((await chain()).reason).toBe(`nothing of it passes: ${ids} does not run`);
          expect(await note()).toBe(`CUT OFF: nothing of the chain front passes while ${ids} does not run`);
        } else {
          await until('it goes on', reaches);
          await until('it is said', async () => (await chain()).bypassed.length > 0);
          await until('it is proven without it', async () => (await chain()).state === 'proven');
          expect(await chain()).toMatchObject({ bypassed: [ids], reason: `bypassed: ${ids} does not run` });
          expect(await note()).toBe(
            `BYPASSED: the traffic of the chain front passes without ${ids}, which does not run`,
          );
        }
        expect(host.lifeOf(`${name}-db-1`)).toBe(life);
        expect(host.nodeLog()).toContain('a function of chains has ended');
      },
    );

    test('stays so, whoever looks', async () => {
      // What a node does that starts, and looks at all.
      await host.killNode();
      await host.ok('ls');
      await until('the node has looked', async () => ['failed', 'proven'].includes((await chain()).state));
      expect(await reaches()).toBe(onFailure === 'open');
      expect(await note()).toContain(`${name}-ids-1`);
    });

    test('leads through it again when it is back', async () => {
      await host.ok('up', ...project);
      await until('it is proven', async () => (await chain()).state === 'proven');
      expect(await chain()).toMatchObject({ bypassed: [], reason: null });
      const [pod] = (await chain()).pods;
      expect(pod?.probes[0]?.hops.map((hop) => hop.function)).toContain(`${name}-ids-1`);
      expect(await reaches()).toBe(true);
      expect(await note()).toBeNull();
    });
  },
);
