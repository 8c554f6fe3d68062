import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, with_ } from '../../../test/support/observed.ts';
import { heal, ids, plain, watched } from '../../../test/support/planned.ts';
import { nothing } from '../observed.ts';

describe('heal', () => {
  test('does nothing when all is well, also when the file has changed since', () => {
    const changed = specOf(watched.replace('flows: true', 'flows: { version: 5 }'));
    expect(ids(changed, deployed(specOf(watched)), heal)).toEqual([]);
  });

  test('brings back an agent that ended, one that was removed, and a collector', () => {
    const spec = specOf(watched);
    const ended = with_(deployed(spec), 'shop-web-1.flows.probe', { state: 'stopped', exitCode: 1 });
    expect(ids(spec, ended, heal)).toEqual([
      'removeContainer shop-web-1.flows.probe',
      'createContainer shop-web-1.flows.probe',
    ]);
    const removed = with_(deployed(spec), 'shop.flows.collector', undefined);
    expect(ids(spec, removed, heal)).toEqual(['createContainer shop.flows.collector']);
  });

  test('starts an application’s container again only when its policy lets it', () => {
    const spec = specOf(plain);
    const ended = with_(deployed(spec), 'shop-web-1', { state: 'stopped', exitCode: 1 });
    expect(ids(spec, ended, { ...heal, mayRestart: () => false })).toEqual([]);
    expect(ids(spec, ended, heal)).toEqual(['startContainer shop-web-1']);
  });

  test('starts what a reboot ended whatever its policy, and not what had ended before', () => {
    const spec = specOf(plain);
    const rebooted = (finishedAt: number) => {
      const sandbox = with_(deployed(spec), 'shop-web-1.sandbox', { state: 'stopped', finishedAt: 600_000 });
      return with_(sandbox, 'shop-web-1', { state: 'stopped', exitCode: 0, finishedAt });
    };
    const never = { ...heal, mayRestart: () => false };
    const start = ['startSandbox shop-web-1', 'startContainer shop-web-1'];
    expect(ids(spec, rebooted(599_000), never)).toEqual(start);
    expect(ids(spec, rebooted(601_000), never)).toEqual(start);
    expect(ids(spec, rebooted(20_000), never)).toEqual(['startSandbox shop-web-1']);
  });

  test('makes an agent anew with its management link', () => {
    const spec = specOf(watched);
    const management = deployed(spec).management.filter(({ pod }) => pod !== 'shop-web-1');
    expect(ids(spec, { ...deployed(spec), management }, heal)).toEqual([
      'connectManagement shop-web-1',
      'removeContainer shop-web-1.flows.probe',
      'createContainer shop-web-1.flows.probe',
    ]);
  });

  test('waits with an agent that shares the processes of an application until there are any', () => {
    const spec = specOf('services: { web: { image: x, x-heddle: { manage: { snmp: true } } } }');
    const agent = 'shop-web-1.snmp.agent';
    const ended = with_(deployed(spec), 'shop-web-1', { state: 'stopped', exitCode: 137 });
    const both = with_(ended, agent, { state: 'stopped', exitCode: 137 });
    const mayRestart = ({ name }: { name: string }) => name === agent;
    expect(ids(spec, both, { ...heal, mayRestart })).toEqual([]);
    expect(ids(spec, both, heal)).toEqual([
      'startContainer shop-web-1',
      `removeContainer ${agent}`,
      `createContainer ${agent}`,
    ]);
    const restarted = {
      ...with_(both, 'shop-web-1', { state: 'running' }),
      strays: { [agent]: { processes: true as const } },
    };
    expect(ids(spec, restarted, { ...heal, mayRestart: () => false })).toEqual([
      `removeContainer ${agent}`,
      `createContainer ${agent}`,
    ]);
  });

  test('after a reboot starts sandboxes, links and containers, in order', () => {
    const spec = specOf(watched);
    const containers = deployed(spec).containers.map((container) => ({
      ...container,
      state: 'stopped' as const,
    }));
    const order = ids(spec, { ...deployed(spec), containers, management: [] }, heal);
    for (const [before, after] of [
      ['startSandbox shop-web-1', 'connectManagement shop-web-1'],
      ['connectManagement shop-web-1', 'createContainer shop-web-1.flows.probe'],
      ['startSandbox shop-web-1', 'startContainer shop-web-1'],
    ] as const) {
      expect(order).toContain(before);
      expect(order.indexOf(before)).toBeLessThan(order.indexOf(after));
    }
  });

  test('leaves services alone that were stopped on purpose', () => {
    const spec = specOf(watched);
    const observed = { ...deployed(spec), containers: [] };
    expect(ids(spec, observed, { ...heal, stopped: new Set(['web', 'db']) })).toEqual([
      'createSandbox shop.flows',
      'connectManagement shop.flows',
      'createContainer shop.flows.collector',
    ]);
  });

  test('an application that never was up as a whole has only what exists healed', () => {
    const spec = specOf(plain);
    expect(ids(spec, nothing, { ...heal, settled: false })).toEqual([]);
  });
});
