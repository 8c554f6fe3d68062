import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeClient } from '../../../src/api/client.ts';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import type { DeploymentSpec } from '../../../src/selector/spec.ts';
import { serverPort } from '../../support/flow-witness.ts';
import { follow } from '../../support/follow.ts';
import { isAlive, TestHost } from '../../support/host.ts';
import { InstanceWitnesses } from '../../support/instance-witnesses.ts';
import { LoadedChain } from '../../support/loaded-chain.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const idle = 'init: true, stop_grace_period: 1s, command: sleep infinity';
const file = (version: number) => `
services:
  web: { ${tiny}, ${idle}, networks: [lab] }
  db: { ${tiny}, ${idle}, networks: [lab] }
  fw: { ${tiny}, ${idle}, network_mode: none, environment: { VERSION: "${version}" }, deploy: { update_config: { order: start-first } }, x-heddle: { function: { mode: wire, drain: 5m } } }
networks: { lab: {} }
x-heddle:
  chains: [{ name: front, from: web, to: db, match: { ports: [${serverPort}/tcp] }, through: [fw] }]
`;
/** Connections a second. */
const rate = 100;

describe('a node that is killed between two steps of an upgrade', () => {
  const host = new TestHost();
  const client = () => new NodeClient(`${host.runDir}/node.sock`);
  let version = 1;
  let project = host.project('hupkl', file(version));
  let load: LoadedChain;

  const inspected = (pod: string, format: string) =>
    host.podman('inspect', `hupkl-${pod}.sandbox`, '--format', format);
  const namespace = (pod: string) => path.basename(inspected(pod, '{{.NetworkSettings.SandboxKey}}'));
  /** Its containers that run, whatever the number of the version that stands. */
  const whole = () =>
    host
      .podman('ps', '--format', '{{.Names}}')
      .split('\n')
      .filter((line) => line.startsWith('hupkl-'))
      .map((line) => line.replace(/^(hupkl-fw-1)\.\d+/, '$1'))
      .sort();
  /** The steps to the next version of the file. */
  const next = async () => {
    project = host.project('hupkl', file(++version));
    const spec = await host.json<DeploymentSpec>('spec', ...project);
    return { spec, steps: (await client().plan({ spec })).steps };
  };
  const killAfter = async (step: number, spec: DeploymentSpec) => {
    const pid = await host.nodePid();
    await follow(client().up({ spec }), step, () => process.kill(pid, 'SIGKILL'));
    await until('the node is gone', () => !isAlive(pid));
  };

  beforeAll(async () => {
    await host.ok('up', ...project);
    const address = inspected('db-1', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}');
    load = await LoadedChain.start(namespace('web-1'), namespace('db-1'), address);
  });
  afterAll(async () => {
    await load[Symbol.asyncDispose]();
    await host.remove();
  });

  test('is started again, and ends what it began: no connection fails, nor passes neither version', async () => {
    const before = whole();
    let steps = 1;
    for (let step = 1; step <= steps; step++) {
      const change = await next();
      steps = change.steps.length;
      using witnesses = await InstanceWitnesses.of('hupkl-fw-1');
      await load.begin(rate, 0);
      await killAfter(step, change.spec);
      await host.ok('up', ...project);
      const { opened, failures } = await load.end();
      const killed = `killed after step ${step} of ${steps}: ${change.steps[step - 1]?.id}`;
      expect(failures, killed).toEqual([]);
      expect(opened.length, killed).toBeGreaterThan(100);
      expect(witnesses.judge(opened), killed).toMatchObject({ around: 0, moved: 0 });
      expect(whole(), killed).toEqual(before);
      expect(await host.json('plan', ...project), killed).toEqual([]);
      const [chain] = await host.json<ChainStatus[]>('chain', 'ls', ...project);
      expect(chain?.state, killed).toBe('proven');
    }
    expect(steps).toBeGreaterThan(3);
  });
});
