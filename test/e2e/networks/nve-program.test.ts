import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngressPort } from '../../../src/networks/nve/edge.ts';
import { portName } from '../../../src/networks/nve/names.ts';
import { ethernet } from '../../support/frames.ts';
import { EdgeLab, portOf, vlans } from '../../support/nve-lab.ts';
import {
  compileProgram,
  lackingProgram,
  leakingProgram,
  markingProgram,
  pinnedProgram,
  unsafeProgram,
} from '../../support/own-program.ts';
import { until } from '../../support/until.ts';

describe('programs of networks’ own in the edge', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-programs-'));
  const compiled = (name: string, source: string) => compileProgram(folder, name, source);
  const dropped = 'D'.charCodeAt(0);
  for (const version of [1, 2]) compiled(`version${version}`, markingProgram(dropped, version));
  compiled('leaking', leakingProgram);
  compiled('lacking', lackingProgram);
  compiled('unsafe', unsafeProgram);
  compiled('pinned', pinnedProgram);
  compiled('quiet', readFileSync('examples/edge-program/quiet.c', 'utf8'));
  let lab: EdgeLab;
  let sent = 0;

  beforeAll(async () => {
    lab = await EdgeLab.start({ driver: 'ebpf' });
    for (const host of [lab.one, lab.two]) symlinkSync(folder, path.join(host.folder, 'programs'));
    await Promise.all([lab.one, lab.two].map((host) => host.apply(portOf('red'), portOf('blue'))));
  });
  afterAll(async () => {
    await lab.remove();
    rmSync(folder, { recursive: true });
  });

  const withProgram = (program: string, network: 'red' | 'green' = 'red'): IngressPort => ({
    ...portOf(network),
    program,
  });
  const send = async (text: string, network: 'red' | 'blue' = 'red') => {
    const [from, to] = [lab.one.pods[network], lab.two.pods[network]];
    await from.send(ethernet(to.mac, from.mac, 0x88b5, Buffer.from(text.padEnd(46))));
  };
  const arrived = (text: string, network: 'red' | 'blue' = 'red') => lab.two.pods[network].capture.with(text);

  it('see the frames of their network, and of no other, and what they drop is counted', async () => {
    expect(await lab.one.apply(withProgram('version1'), portOf('blue'))).toEqual({});
    await send('D--dropped.');
    await send('A--marked.');
    await send('D--other.', 'blue');
    await until(
      'frames arrive',
      () => arrived('marked.').length === 1 && arrived('other.', 'blue').length === 1,
    );
    expect(arrived('marked.')[0]?.subarray(14, 17)).toEqual(Buffer.from([0x41, 1, 0x2d]));
    expect(arrived('dropped.')).toEqual([]);
    const { [vlans.red]: red, [vlans.blue]: blue } = await lab.one.counters();
    expect(red).toMatchObject({ toWire: { filtered: 1, dropped: 1 }, fromWire: { filtered: 0, dropped: 0 } });
    expect(blue?.toWire).not.toHaveProperty('filtered');
    await lab.two.apply(withProgram('version2'), portOf('blue'));
    await send('A--both.');
    await until('the frame arrives', () => arrived('both.').length === 1);
    expect(arrived('both.')[0]?.subarray(14, 17)).toEqual(Buffer.from([0x41, 1, 2]));
  });

  /** Frames that have come to the pod on the other host, by the kernel's own count. */
  const received = () =>
    Number(lab.two.pods.red.run('cat', '/proc/net/dev').match(/eth0: *[0-9]+ +([0-9]+)/)?.[1]);

  it('are replaced without losing a frame: by name, and by a file that changes', async () => {
    const [first, before] = [sent, received()];
    let isDone = false;
    const replace = (version: number) => {
      copyFileSync(path.join(folder, `version${version}.o`), path.join(folder, 'next.o'));
      renameSync(path.join(folder, 'next.o'), path.join(folder, 'file.o'));
    };
    const replacing = (async () => {
      for (let turn = 0; turn < 36; turn++) {
        replace((turn % 2) + 1);
        await lab.one.apply(withProgram(turn % 3 === 0 ? 'version1' : 'file'), portOf('blue'));
      }
      isDone = true;
    })();
    while (!isDone) await send(`A--frame-${sent++}.`);
    await replacing;
    await until('all have arrived', () => received() - before === sent - first);
    const frames = arrived('A', 'red').filter((frame) => frame.includes('frame-'));
    expect(new Set(frames.map((frame) => frame[15]))).toEqual(new Set([1, 2]));
    expect(await lab.one.running(vlans.red)).toMatchObject({
      name: 'file',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      since: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it.each([
    ['leaking', 'calls helper 23'],
    ['lacking', 'uses bpf_elsewhere, which is not in it'],
    ['unsafe', /refused by the kernel: to_wire, .*unsafe\.c:\d+ `.*data.*`: .*/],
    ['pinned', 'pinned by their names'],
    ['nowhere', 'cannot be read'],
  ])('are refused: %s, and the one before stays, while others get theirs', async (program, why) => {
    const refused = await lab.one.apply(withProgram(program), portOf('blue'), withProgram('quiet', 'green'));
    expect(refused).toEqual({ [portOf('red').network]: expect.stringMatching(why) });
    expect(refused[portOf('red').network]).toContain(`network red: program ${program} `);
    expect(await lab.one.running(vlans.red)).toMatchObject({ name: 'file' });
    expect(await lab.one.running(vlans.green)).toMatchObject({ name: 'quiet' });
    const text = `A--still-${sent++}.`;
    await send(text);
    await until('the frame arrives', () => arrived(text.slice(3)).length === 1);
    expect(arrived(text.slice(3))[0]?.[15]).toBeGreaterThan(0);
  });

  it('are not gone past: a network that never had the one it wants is not joined', async () => {
    await lab.one.apply(withProgram('version1'), portOf('blue'));
    const refused = await lab.one.apply(
      withProgram('version1'),
      portOf('blue'),
      withProgram('leaking', 'green'),
    );
    expect(Object.keys(refused)).toEqual([portOf('green').network]);
    expect(lab.one.run('ip', '-br', 'link', 'show')).not.toContain(`${portName(vlans.green)}@`);
  });

  it('are hung again where somebody took them off, and go when nobody wants them', async () => {
    lab.one.run('tc', 'qdisc', 'del', 'dev', portName(vlans.red), 'clsact');
    await lab.one.apply(withProgram('version1'), portOf('blue'));
    await send('A--hung.');
    await until('the frame arrives', () => arrived('hung.').length === 1);
    expect(arrived('hung.')[0]?.[15]).toBe(1);
    await Promise.all([lab.one, lab.two].map((host) => host.apply(portOf('red'), portOf('blue'))));
    await send('D--again.');
    await until('the frame arrives', () => arrived('again.').length === 1);
    expect(arrived('again.')[0]?.subarray(14, 17).toString()).toBe('D--');
    expect(await lab.one.running(vlans.red)).toBeUndefined();
  });
});
