import { afterAll, beforeAll, expect, test } from 'vitest';
import { pinging } from '../../support/endpoints.ts';
import { LinksLab } from '../../support/links-lab.ts';
import { until } from '../../support/until.ts';

// A packet each ten milliseconds passes between two sites, while one of the two wires between them is lost.
const lab = new LinksLab('wireguard');
const { a, b } = lab;
/** Packets in 0.3 s. */
const most = 30;

beforeAll(() => lab.start());
afterAll(() => lab.remove());

const areBy = async (uplink: string) => {
  const links = await Promise.all([a.link(), b.link()]);
  return links.every((link) => link.uplink === uplink && link.state === 'up');
};

test.each(['silent', 'carrier'] as const)('a path that is lost (%s) is left within 0.3 s', async (how) => {
  await until('the cheaper path is used', () => areBy('w1'));
  const stream = pinging(a.namespace, (await a.link()).remote);
  await until('packets pass', () => stream.answers > 20);
  lab.cut('w1', how, true);
  await until('the other path is used', () => areBy('w2'));
  const before = stream.answers;
  await until('packets pass again', () => stream.answers > before + 20);
  const { lost } = await stream.stop();
  lab.cut('w1', how, false);
  expect(lost).toBeLessThanOrEqual(most);
});
