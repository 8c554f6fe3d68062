import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf } from '../../../src/networks/nve/ethernet/address.ts';
import { Chatters } from '../../support/chatters.ts';
import { NodesLab } from '../../support/nodes-lab.ts';
import { until } from '../../support/until.ts';

// Between the hosts is a wire without any address of IP; what their nodes share is elsewhere.
const lab = new NodesLab('ethernet');
const { a, b } = lab;
const chatters = new Chatters();
beforeAll(() => lab.start());
afterAll(async () => {
  chatters.close();
  await lab.remove();
});

/** EtherType of frames between nodes, and where the id of a network is in them. */
const [between, idAt] = [0x88b5, 16];

test('a network of each archetype spans hosts that are known by their titles alone', async () => {
  const wire = await lab.capture();
  const made = await Promise.all([
    a.tell({ create: { name: 'lan', archetype: 'ip' } }),
    b.tell({ create: { name: 'flows', archetype: 'sdn' } }),
    a.tell({ create: { name: 'titles', archetype: 'etarch' } }),
  ]);
  for (const { name, archetype } of made) {
    const [one, two] = [`${name}-a`, `${name}-b`];
    await a.join(one, name);
    const address = await b.join(two, name);
    if (archetype === 'etarch') continue;
    await until(`${one} reaches ${two}`, () => {
      lab.run(one, 'ping', '-c', '1', '-W', '0.2', address);
      return true;
    });
  }
  const enter = (title: string) => chatters.enter(title, lab.pathOf(title));
  const [one, two] = await Promise.all([enter('titles-a'), enter('titles-b')]);
  const room = await one.host('room');
  const ofTwo = await two.join('room');
  await until('a message arrives', () => {
    room.say('over the wire');
    return two.heard.includes('titles-a: over the wire');
  });
  ofTwo.say('and back');
  await until('its answer arrives', () => one.heard.includes('titles-b: and back'));

  // Each capture has its own pace.
  await until('all of it was on the wire', () => wire.with('and back').length > 0);
  const frames = wire.frames();
  wire.end();
  expect(new Set(frames.map((frame) => frame.readUInt16BE(12)))).toEqual(new Set([between]));
  const ids = new Set(frames.map((frame) => frame.readUInt16BE(idAt)));
  expect(ids).toEqual(new Set(made.map(({ vlan }) => vlan)));
  const senders = new Set(frames.map((frame) => frame.toString('hex', 6, 12)));
  expect(senders).toEqual(new Set(['a', 'b'].map((name) => addressOf(`host ${name}`).replaceAll(':', ''))));
});
