import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngressPort } from '../../../src/networks/nve/edge.ts';
import { ethernet } from '../../support/frames.ts';
import { EdgeLab, portOf } from '../../support/nve-lab.ts';
import { compileProgram, leakingProgram, markingProgram, unsafeProgram } from '../../support/own-program.ts';
import { until } from '../../support/until.ts';

describe('programs of networks’ own in the edge', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-programs-'));
  const compiled = (name: string, source: string) => compileProgram(folder, name, source);
  const dropped = 'D'.charCodeAt(0);
  const versions = [1, 2].map((version) => compiled(`version${version}`, markingProgram(dropped, version)));
  let lab: EdgeLab;
  let sent = 0;

  beforeAll(async () => {
    lab = await EdgeLab.start({ driver: 'ebpf' });
    await Promise.all([lab.one, lab.two].map((host) => host.apply(portOf('red'), portOf('blue'))));
  });
  afterAll(async () => {
    await lab.remove();
    rmSync(folder, { recursive: true });
  });

  const withProgram = (program: string): IngressPort => ({ ...portOf('red'), program });
  const send = async (text: string, network: 'red' | 'blue' = 'red') => {
    const [from, to] = [lab.one.pods[network], lab.two.pods[network]];
    await from.send(ethernet(to.mac, from.mac, 0x88b5, Buffer.from(text.padEnd(46))));
  };
  const arrived = (text: string, network: 'red' | 'blue' = 'red') => lab.two.pods[network].capture.with(text);

  it('see the frames of their network, and of no other', async () => {
    await lab.one.apply(withProgram(versions[0] as string), portOf('blue'));
    await send('D--dropped.');
    await send('A--marked.');
    await send('D--other.', 'blue');
    await until(
      'frames arrive',
      () => arrived('marked.').length === 1 && arrived('other.', 'blue').length === 1,
    );
    expect(arrived('marked.')[0]?.subarray(14, 17)).toEqual(Buffer.from([0x41, 1, 0x2d]));
    expect(arrived('dropped.')).toEqual([]);
    await lab.two.apply(withProgram(versions[1] as string), portOf('blue'));
    await send('A--both.');
    await until('the frame arrives', () => arrived('both.').length === 1);
    expect(arrived('both.')[0]?.subarray(14, 17)).toEqual(Buffer.from([0x41, 1, 2]));
  });

  /** Frames that have come to the pod on the other host, by the kernel's own count. */
  const received = () =>
    Number(lab.two.pods.red.run('cat', '/proc/net/dev').match(/eth0: *[0-9]+ +([0-9]+)/)?.[1]);

  it('are replaced without losing a frame', async () => {
    const [first, before] = [sent, received()];
    let isDone = false;
    const replacing = (async () => {
      for (let turn = 0; turn < 100; turn++)
        await lab.one.apply(withProgram(versions[(turn + 1) % 2] as string), portOf('blue'));
      isDone = true;
    })();
    while (!isDone) await send(`A--frame-${sent++}.`);
    await replacing;
    await until('all have arrived', () => received() - before === sent - first);
    const frames = arrived('A', 'red').filter((frame) => frame.includes('frame-'));
    expect(new Set(frames.map((frame) => frame[15]))).toEqual(new Set([1, 2]));
  });

  it.each([
    ['calls what leads elsewhere', compiled('leaking', leakingProgram), 'calls helper 23'],
    ['reads what it must not', compiled('unsafe', unsafeProgram), 'is refused by the kernel'],
    ['is not there', '/nowhere.o', 'cannot be read'],
  ])('are refused when one %s, and the one before stays', async (_, program, why) => {
    await expect(lab.one.apply(withProgram(program), portOf('blue'))).rejects.toThrow(why);
    const text = `A--still-${sent++}.`;
    await send(text);
    await until('the frame arrives', () => arrived(text.slice(3)).length === 1);
    expect(arrived(text.slice(3))[0]?.[15]).toBeGreaterThan(0);
  });

  it('go when nobody wants them', async () => {
    await Promise.all([lab.one, lab.two].map((host) => host.apply(portOf('red'), portOf('blue'))));
    await send('D--again.');
    await until('the frame arrives', () => arrived('again.').length === 1);
    expect(arrived('again.')[0]?.subarray(14, 17).toString()).toBe('D--');
  });
});
