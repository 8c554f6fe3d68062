import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipelineIds } from '../../../src/networks/nve/p4/pipeline-ids.ts';
import { EdgeLab, ip, portOf } from '../../support/nve-lab.ts';
import { described, renumbered } from '../../support/p4info.ts';
import { P4RuntimeStandIn } from '../../support/p4runtime-stand-in.ts';

const shapesOf = (p4info: Buffer) => {
  const { toWire, fromWire } = pipelineIds(p4info);
  return {
    [toWire.table]: { keyBits: 9, actions: { [toWire.action]: 12 } },
    [fromWire.table]: { keyBits: 12, actions: { [fromWire.action]: 9 } },
  };
};
const { toWire, fromWire } = pipelineIds(described());
const own = described(renumbered());

// No compiler for P4 and no BMv2 is at hand: what the switch is told is tried here, not what it does with frames.
describe('the edge: p4, against a stand-in for the switch', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-p4-'));
  const options = (host: number) => ({
    address: `unix:${folder}/${host}.sock`,
    device: host,
    pipeline: folder,
    ports: 3,
  });
  const servers = [1, 2].map(
    (device) => new P4RuntimeStandIn(device, { ...shapesOf(described()), ...shapesOf(own) }),
  );
  const [one] = servers as [P4RuntimeStandIn];
  let lab: EdgeLab;
  let links: string;
  /** Names: `hv100@hq2`. */
  const linksOf = () => ip('-n', lab.one.namespace, '-br', 'link', 'show').replace(/ .*/g, '');

  beforeAll(async () => {
    lab = await EdgeLab.start({ driver: 'p4', options });
    links = linksOf();
  });
  afterAll(async () => {
    await lab.remove();
    for (const server of servers) server.stop();
    rmSync(folder, { recursive: true });
  });

  it('says what has to be made, and what has to be started', async () => {
    await expect(lab.one.apply(portOf('red'))).rejects.toThrow('the edge’s pipeline is not in');
    writeFileSync(path.join(folder, 'nve.json'), '{}');
    writeFileSync(path.join(folder, 'nve.p4info.bin'), 'as nobody describes it');
    await expect(lab.one.apply(portOf('red'))).rejects.toThrow(
      'ERR_NETWORK_PROGRAM: the edge’s pipeline: its description',
    );
    writeFileSync(path.join(folder, 'nve.p4info.bin'), described());
    lab.one.run('ip', 'link', 'add', 'hq2', 'type', 'veth', 'peer', 'name', 'mine');
    await expect(lab.one.apply(portOf('red'))).rejects.toThrow('interface hq2 is there (veth)');
    lab.one.run('ip', 'link', 'del', 'mine');
    await expect(lab.one.apply(portOf('red'))).rejects.toThrow('ERR_P4RUNTIME: the switch at unix:');
    for (const [index, server] of servers.entries()) await server.start(options(index + 1).address);
  });

  it('gives each network a port of the switch, and tells the switch', async () => {
    await lab.one.apply(portOf('red'), portOf('blue'));
    expect(one.pipelines).toEqual(['anew']);
    expect(one.tables).toEqual({
      [`${fromWire.table} 1`]: `${fromWire.action} 2`,
      [`${toWire.table} 2`]: `${toWire.action} 1`,
      [`${fromWire.table} 100`]: `${fromWire.action} 3`,
      [`${toWire.table} 3`]: `${toWire.action} 100`,
    });
    one.count(fromWire.table, 100, 3, 300);
    expect((await lab.one.counters())[100]?.fromWire).toEqual({ packets: 3, bytes: 288, dropped: 0 });
  });

  it('says nothing when all is as it should be, also when the node has started anew', async () => {
    await lab.one.kill();
    lab.one.restart();
    await lab.one.apply(portOf('red'), portOf('blue'));
    expect(one.pipelines).toEqual(['anew']);
    expect((await lab.one.counters())[100]?.fromWire.packets).toBe(3);
  });

  it('brings the switch back to what it should have', async () => {
    one.forget();
    await lab.one.apply(portOf('red'), portOf('green'));
    expect(one.pipelines).toEqual(['anew', 'anew']);
    expect(Object.keys(one.tables)).toHaveLength(4);
    expect(one.tables[`${fromWire.table} 4094`]).toBe(`${fromWire.action} 3`);
    expect(linksOf()).not.toContain('hv100@');
  });

  it('takes another program, with all that its tables have where it has the same, and says what one lacks', async () => {
    writeFileSync(path.join(folder, 'nve.json'), '{"another":1}');
    await lab.one.apply(portOf('red'), portOf('green'));
    expect(one.pipelines.at(-1)).toBe('kept');
    writeFileSync(path.join(folder, 'nve.p4info.bin'), described({}));
    await expect(lab.one.apply(portOf('red'))).rejects.toThrow('its description has no table to_wire');
    expect(Object.keys(one.tables)).toHaveLength(4);
    writeFileSync(path.join(folder, 'nve.p4info.bin'), own);
    await lab.one.apply(portOf('red'), portOf('green'));
    expect(one.pipelines.at(-1)).toBe('anew');
    const ids = pipelineIds(own);
    expect(one.tables[`${ids.fromWire.table} 4094`]).toBe(`${ids.fromWire.action} 3`);
    expect(Object.keys(one.tables)).toHaveLength(4);
  });

  it('leaves the host as it was, also where the switch runs another’s pipeline by now', async () => {
    await lab.one.stop();
    expect(one.tables).toEqual({});
    expect(linksOf()).toBe(links);
    await lab.one.apply(portOf('red'));
    one.forget(described({}));
    await lab.one.stop();
    expect(linksOf()).toBe(links);
  });
});
