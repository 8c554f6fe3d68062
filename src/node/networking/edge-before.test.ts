import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Edge, noneRefused } from '../../networks/nve/edge.ts';
import { EdgeBefore, mustLeave } from './edge-before.ts';

const by = (driver: string, options = {}, uplink = 'eth1') => ({
  driver,
  uplink,
  programs: '/etc/heddle/programs',
  options,
});

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-edge-before-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Edges on paper: which were stopped, and what can be harmed. */
function paper() {
  const stopped: string[] = [];
  const world = { isBroken: false, isAway: false };
  const open = ({ driver }: { readonly driver: string }): Edge => ({
    overhead: 0,
    apply: async () => noneRefused,
    counters: async () => [],
    stop: async () => {
      if (world.isBroken) throw new Error('no tc');
      stopped.push(driver);
    },
    ...(driver === 'ovs' && { settleOwed: async () => (world.isAway ? 'a bridge' : undefined) }),
  });
  return { stopped, world, open };
}

test('what an edge has made is left to one that comes in its place, and removed before any other', () => {
  expect(mustLeave(by('ebpf'), by('ebpf', {}, 'eth2'))).toBe(false);
  expect(mustLeave(by('ebpf'), by('vxlan', { peers: ['192.0.2.1'] }))).toBe(false);
  expect(mustLeave(by('vxlan', { peers: ['192.0.2.1'] }), by('ebpf'))).toBe(false);
  expect(mustLeave(by('ebpf'), by('ovs'))).toBe(true);
  expect(mustLeave(by('ovs'), by('ebpf'))).toBe(true);
  expect(mustLeave(by('ethernet', { title: 'one' }), by('ebpf'))).toBe(true);
  expect(mustLeave(by('ebpf'), undefined)).toBe(true);
});

test('an edge that cannot follow another way of its own is removed when its settings change', () => {
  expect(mustLeave(by('ovs'), { ...by('ovs'), programs: '/elsewhere' })).toBe(false);
  expect(mustLeave(by('ovs'), by('ovs', {}, 'eth2'))).toBe(true);
  expect(mustLeave(by('ovs'), by('ovs', { bridge: 'br-ex' }))).toBe(true);
});

test('one that could not be removed keeps the next from being made, and is removed later, also by another start', async () => {
  const { stopped, world, open } = paper();
  await new EdgeBefore(by('ebpf'), folder, open).leave();
  world.isBroken = true;
  const failing = new EdgeBefore(by('ovs'), folder, open);
  for (let time = 0; time < 2; time++)
    await expect(failing.leave()).rejects.toThrow(
      '(driver ebpf, uplink eth1) had made, something is left: no tc',
    );
  expect(stopped).toEqual([]);
  world.isBroken = false;
  const anew = new EdgeBefore(by('ovs'), folder, open);
  for (let time = 0; time < 2; time++) await anew.leave();
  expect(stopped).toEqual(['ebpf']);
  expect(JSON.parse(readFileSync(path.join(folder, 'edge.json'), 'utf8'))).toEqual(by('ovs'));
});

test('what Open vSwitch has of one while it does not run is owed, and keeps only another of its own from being made', async () => {
  const { stopped, world, open } = paper();
  await new EdgeBefore(by('ovs'), folder, open).leave();
  world.isAway = true;
  const next = new EdgeBefore(by('ebpf'), folder, open);
  await next.leave();
  expect([stopped, await next.settleOwed()]).toEqual([['ovs'], ['a bridge']]);
  const back = new EdgeBefore(by('ovs'), folder, open);
  await expect(back.leave()).rejects.toThrow('of the edge before there still is a bridge');
  world.isAway = false;
  await back.leave();
  expect(await back.settleOwed()).toEqual([]);
  expect(existsSync(path.join(folder, 'edge-owed.json'))).toBe(false);
});
