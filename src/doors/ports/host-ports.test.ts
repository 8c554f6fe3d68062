import { beforeEach, expect, test } from 'vitest';
import { paperNetworking, paperPorts } from '../../../test/support/paper-networking.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { Published } from '../../networks/ip/options.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { type AskedPort, anyPort } from './choose-ports.ts';

const any: AskedPort = { port: 80, protocol: 'tcp', ...anyPort };
const at = (name: string) => ({ network: 'lab', endpoint: name });
const only = async (ports: Published[]) => ports.map(({ published }) => published);

let networking: NetworkingService;
const join = (network: string, name: string, ports: readonly Published[] = []) =>
  networking.endpoints(network).create({ name, attachment: { kind: 'tap' }, options: { ports } });

beforeEach(async () => {
  networking = paperNetworking();
  for (const name of ['lab', 'other']) await networking.networks.create({ name, archetype: 'ip' });
});

test('no port is chosen that an endpoint of any network has, or at which a program listens', async () => {
  await join('other', 'b', [{ port: 80, published: 49_152, protocol: 'tcp' }]);
  const ports = paperPorts(networking, [{ protocol: 'tcp', address: '127.0.0.1', port: 49_153 }]);
  expect(await ports.publish([any], at('a'), only)).toEqual([49_154]);
});

test('many at once get one each', async () => {
  const ports = paperPorts(networking);
  const names = Array.from({ length: 20 }, (_, index) => `e${index}`);
  await Promise.all(
    names.map((name) => ports.publish([any], at(name), (chosen) => join('lab', name, chosen))),
  );
  const all = (await networking.endpoints('lab').list()).flatMap(
    ({ options }) => options['ports'] as Published[],
  );
  expect(new Set(all.map(({ published }) => published)).size).toBe(20);
});

test('where one was taken meanwhile another is chosen, and in the end it is said', async () => {
  const ports = paperPorts(networking);
  const taken = new HeddleError('ERR_PORT_IN_USE', 'by somebody');
  const refuse = (times: number) => {
    const answers = Array.from({ length: times }, () => Promise.reject(taken));
    for (const one of answers) one.catch(() => {});
    return (chosen: Published[]) => answers.shift() ?? only(chosen);
  };
  expect(await ports.publish([any], at('a'), refuse(2))).toEqual([49_154]);
  await expect(ports.publish([any], at('a'), refuse(99))).rejects.toBe(taken);
  // What is asked for by its number is tried once.
  await expect(ports.publish([{ ...any, from: 80, to: 80 }], at('a'), refuse(1))).rejects.toBe(taken);
  await expect(
    ports.publish([any], at('a'), async () => {
      throw new HeddleError('ERR_NETWORK', 'something else');
    }),
  ).rejects.toMatchObject({ code: 'ERR_NETWORK' });
});
