import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash, with_ } from '../../../test/support/observed.ts';
import { guarded, plain } from '../../../test/support/planned.ts';
import { type Labels, label } from '../../lib/labels.ts';
import { isMeantToEnd, pausePlan, rmPlan, signalPlan, unpausePlan } from './handling.ts';
import { restartPlan, stopPlan } from './services.ts';

const spec = specOf(plain);
const ids = (plan: { steps: readonly { id: string }[] }) => plan.steps.map(({ id }) => id);

describe('kill', () => {
  test('ends the pod with the container, so that its ports become free', () => {
    expect(ids(signalPlan('SIGKILL')(spec, deployed(spec), ['web']))).toEqual([
      'signalContainer shop-web-1',
      'stopContainer shop-web-1.sandbox',
    ]);
    expect(ids(signalPlan('9')(spec, deployed(spec), ['web']))).toHaveLength(2);
  });

  test('only sends any other signal, and none to what does not run', () => {
    expect(ids(signalPlan('HUP')(spec, deployed(spec), ['web', 'db']))).toEqual([
      'signalContainer shop-web-1',
      'signalContainer shop-db-1',
    ]);
    const ended = with_(deployed(spec), 'shop-web-1', { state: 'stopped' });
    expect(ids(signalPlan('KILL')(spec, ended, ['web']))).toEqual([]);
  });

  test('is a wish for SIGKILL and the container’s own stop signal, as Docker takes it', () => {
    expect(['KILL', 'sigkill', '9', 'TERM', '15'].map((signal) => isMeantToEnd(signal))).not.toContain(false);
    expect([isMeantToEnd('HUP'), isMeantToEnd('INT'), isMeantToEnd('TERM', 'SIGQUIT')]).not.toContain(true);
    expect(isMeantToEnd('3', 'SIGQUIT')).toBe(true);
  });
});

test('what is paused is let go on before it is ended: it would hear nothing', () => {
  const paused = with_(deployed(spec), 'shop-web-1', { state: 'paused' });
  const options = { hash, mode: 'heal' } as const;
  for (const made of [signalPlan('KILL')(spec, paused, ['web']), stopPlan(spec, paused, ['web'], options)]) {
    expect(ids(made)[0]).toBe('unpauseContainer shop-web-1');
    expect(ids(made)).toContain('stopContainer shop-web-1.sandbox');
  }
  expect(ids(restartPlan(spec, paused, ['web'], options)).slice(0, 3)).toEqual([
    'unpauseContainer shop-web-1',
    'stopContainer shop-web-1',
    'startContainer shop-web-1',
  ]);
});

test('pause and unpause concern the application’s containers only', () => {
  expect(ids(pausePlan(spec, deployed(spec), ['web']))).toEqual(['pauseContainer shop-web-1']);
  expect(ids(unpausePlan(spec, deployed(spec), ['web']))).toEqual([]);
  const paused = with_(deployed(spec), 'shop-web-1', { state: 'paused' });
  expect(ids(unpausePlan(spec, paused, ['web', 'db']))).toEqual(['unpauseContainer shop-web-1']);
});

describe('rm', () => {
  test('removes what does not run, and no more', () => {
    expect(ids(rmPlan(false)(spec, deployed(spec), ['web', 'db']))).toEqual([]);
    const ended = with_(deployed(spec), 'shop-web-1', { state: 'stopped' });
    expect(ids(rmPlan(false)(spec, ended, ['web', 'db']))).toEqual([
      'removeContainer shop-web-1',
      'removeContainer shop-web-1.sandbox',
    ]);
  });

  test('takes the firewall of a service along', () => {
    const walled = specOf(guarded);
    const ended = with_(deployed(walled), 'shop-db-1', { state: 'stopped' });
    expect(ids(rmPlan(false)(walled, ended, ['db']))).toEqual(
      expect.arrayContaining([
        'removeWire shop-db-1',
        'removeContainer shop-db-1.firewall.guard',
        'releaseFunction shop-db-1.firewall',
      ]),
    );
  });

  test('knows whose a function is by its label, or by the specification, and never by its name', () => {
    const walled = specOf(guarded);
    const ended = with_(deployed(walled), 'shop-db-1', { state: 'stopped' });
    const [older, alike] = [
      // Made before there was such a label.
      (labels: Labels) =>
        Object.fromEntries(Object.entries(labels).filter(([name]) => name !== label.pathOf)),
      (labels: Labels) => ({ ...labels, ...(labels[label.pathOf] && { [label.pathOf]: 'shop-other-1' }) }),
    ].map((change) => ({
      ...ended,
      containers: ended.containers.map((one) => ({ ...one, labels: change(one.labels) })),
    }));
    expect(ids(rmPlan(false)(walled, older ?? ended, ['db']))).toContain(
      'releaseFunction shop-db-1.firewall',
    );
    expect(ids(rmPlan(false)(walled, alike ?? ended, ['db']))).not.toContain(
      'releaseFunction shop-db-1.firewall',
    );
  });

  test('refuses to take the network of something that runs', () => {
    const shared = specOf(`
services:
  web: { image: a }
  side: { image: b, network_mode: "service:web" }
`);
    const ended = with_(deployed(shared), 'shop-web-1', { state: 'stopped' });
    expect(() => rmPlan(false)(shared, ended, ['web'])).toThrow('shop-side-1 runs in its network');
    const both = with_(ended, 'shop-side-1', { state: 'stopped' });
    expect(ids(rmPlan(false)(shared, both, ['web', 'side']))).toContain('removeContainer shop-web-1.sandbox');
  });
});
