import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { P4RuntimeStandIn } from '../../../test/support/p4runtime-stand-in.ts';
import { bytesOf, isCanonical, numberOf } from './bytes.ts';
import { encode, type TableEntry, type Update, updateType } from './messages.ts';
import { P4Switch } from './p4-switch.ts';

const pipeline = { p4info: Buffer.from('info'), deviceConfig: Buffer.from('{}'), cookie: 0xabcdef0123n };
const table = 7;
const entry = (key: number, value: number): TableEntry => ({
  tableId: table,
  match: [{ fieldId: 1, exact: { value: bytesOf(key) } }],
  action: { action: { actionId: 9, params: [{ paramId: 1, value: bytesOf(value) }] } },
});
const update = (type: keyof typeof updateType, key: number, value = 1): Update => ({
  type: updateType[type],
  entity: { tableEntry: entry(key, value) },
});
const refused = (why: string) =>
  expect.objectContaining({ code: 'ERR_P4RUNTIME', message: expect.stringContaining(why) });

describe('a switch by P4Runtime', () => {
  let server: P4RuntimeStandIn;
  let p4: P4Switch;
  const told: string[] = [];

  beforeEach(async () => {
    server = new P4RuntimeStandIn(1, { [table]: { keyBits: 12, actions: { 9: 9 } } });
    await server.start();
    p4 = new P4Switch(server.address, 1, (message) => told.push(message));
  });
  afterEach(async () => {
    await p4.close();
    server.stop();
  });

  it('takes a pipeline, and knows it again', async () => {
    expect(await p4.pipeline()).toBeUndefined();
    await p4.setPipeline(pipeline);
    expect(await p4.pipeline()).toBe(pipeline.cookie);
    expect(Buffer.from((await p4.p4info()) ?? [])).toEqual(pipeline.p4info);
  });

  it('takes one that is alike with all that its tables have, where it can do that', async () => {
    await p4.setPipeline(pipeline);
    await p4.write([update('insert', 300)]);
    await p4.setPipeline({ ...pipeline, cookie: 7n }, true);
    expect([await p4.pipeline(), server.tables, server.pipelines]).toEqual([
      7n,
      { '7 300': '9 1' },
      ['anew', 'kept'],
    ]);
    const old = new P4RuntimeStandIn(1, {}, false);
    await old.start();
    const other = new P4Switch(old.address, 1);
    try {
      await other.setPipeline(pipeline, true);
      expect([await other.pipeline(), old.pipelines]).toEqual([pipeline.cookie, ['anew']]);
    } finally {
      await other.close();
      old.stop();
    }
  });

  it('takes, changes and forgets entries, and says what it has', async () => {
    await p4.setPipeline(pipeline);
    await p4.write([update('insert', 300), update('insert', 0, 511)]);
    await p4.write([update('modify', 300, 256), update('insert', 4, 4), update('delete', 4)]);
    expect(server.tables).toEqual({ '7 300': '9 256', '7 0': '9 511' });
    const found = await p4.read({ tableEntry: { tableId: table, match: [] } });
    expect(found.map(({ tableEntry }) => tableEntry)).toEqual([entry(300, 256), entry(0, 511)]);
    server.count(table, 300, 3, 200);
    const [counter] = await p4.read({ directCounterEntry: { tableEntry: { tableId: table, match: [] } } });
    expect(counter?.directCounterEntry?.data).toEqual({ packetCount: '3', byteCount: '200' });
  });

  it('says of each entry why it was refused', async () => {
    await expect(p4.write([update('insert', 1)])).rejects.toThrow(refused('no pipeline was set'));
    await p4.setPipeline(pipeline);
    const updates = [update('insert', 1), update('insert', 1), update('delete', 9), update('insert', 2, 512)];
    await expect(p4.write(updates)).rejects.toThrow(
      refused('entry 7 1 is there (6); entry 7 9 is not there (5); a value of more than 9 bits (3)'),
    );
    expect(Object.keys(server.tables)).toEqual(['7 1']);
  });

  it('has one primary controller, who came last', async () => {
    await p4.setPipeline(pipeline);
    const other = new P4Switch(server.address, 1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await other.write([update('insert', 1)]);
    await p4.write([update('insert', 2)]);
    await expect(other.write([update('insert', 3)])).resolves.toBeUndefined();
    await other.close();
  });

  it('is asked anew when its stream has broken', async () => {
    await p4.setPipeline(pipeline);
    server.breakStreams();
    await expect
      .poll(() =>
        p4.write([update('insert', 1)]).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    expect(server.tables).toEqual({ '7 1': '9 1' });
  });

  it('is none with another device id, or where nobody listens', async () => {
    const other = new P4Switch(server.address, 2);
    await expect(other.pipeline()).rejects.toThrow(refused('no device 2'));
    await other.close();
    server.stop();
    const gone = new P4Switch(server.address, 1);
    await expect(gone.pipeline()).rejects.toThrow(refused('stream'));
    await gone.close();
  });
});

describe('byte strings', () => {
  it.each([
    [0, '00'],
    [1, '01'],
    [255, 'ff'],
    [256, '0100'],
    [4094, '0ffe'],
  ])('of %s are as short as can be', (value, hex) => {
    expect(bytesOf(value).toString('hex')).toBe(hex);
    expect(isCanonical(bytesOf(value))).toBe(true);
    expect(numberOf(bytesOf(value))).toBe(value);
    expect(numberOf(Buffer.concat([Buffer.alloc(2), bytesOf(value)]))).toBe(value);
  });

  it('with more are not', () => {
    expect(isCanonical(Buffer.from([0, 1]))).toBe(false);
    expect(isCanonical(Buffer.alloc(0))).toBe(false);
  });
});

it('is written as p4/v1/p4runtime.proto numbers its fields', () => {
  const request = {
    deviceId: 1,
    electionId: { high: '0', low: '5' },
    updates: [update('insert', 300, 2)],
  };
  // device_id, election_id.low, and an update: INSERT of table_entry 2 with match.exact, action and its parameter.
  expect(encode('WriteRequest', request).toString('hex')).toBe(
    [
      '0801',
      '1a0408001005',
      '221f0801',
      '121b1219',
      '0807',
      '1208080112040a02012c',
      '1a0b0a0908092205',
      '10011a0102',
    ].join(''),
  );
});
