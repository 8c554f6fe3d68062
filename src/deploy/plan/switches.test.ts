import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash } from '../../../test/support/observed.ts';
import { ids, stepsOf } from '../../../test/support/planned.ts';
import type { NetworkSwitch } from '../observed.ts';
import { plan } from './plan.ts';

const specWith = (archetype: string) =>
  specOf(`
services:
  web: { image: nginx, networks: [lab] }
  db: { image: mariadb, networks: [lab] }
networks: { lab: { x-heddle: { archetype: ${archetype} } } }
`);
const before = deployed(specWith('ip'));
const on = { ...before, containers: before.containers.map(onLab) };
const seen = (becoming: NetworkSwitch) => ({ ...on, switches: { shop_lab: becoming } });

/** What an engine is seen to have with networks of others. */
function onLab(container: (typeof before.containers)[number]) {
  return container.name.endsWith('.sandbox')
    ? { ...container, networks: [{ network: 'shop_lab' }] }
    : container;
}

describe('a network whose archetype changed', () => {
  test('is switched, and nothing is made anew', () => {
    const [step, ...others] = stepsOf(specWith('sdn'), seen({ lost: [] }));
    expect(step?.id).toBe('switchNetwork shop_lab');
    expect(step?.reason).toBe('archetype ip → sdn: containers, addresses and connections stay');
    expect(others).toEqual([]);
  });

  test('is switched with what is lost by it said, and its endpoints follow', () => {
    const steps = stepsOf(specWith('etarch'), seen({ lost: ['network shop_lab: IP'] }));
    expect(steps[0]?.reason).toBe('archetype ip → etarch: containers stay; lost by it: network shop_lab: IP');
    expect(steps.slice(1).map(({ id, after }) => [id, after])).toEqual(
      ['web', 'db'].map((service) => [
        `connectEndpoint shop-${service}-1 shop_lab`,
        ['switchNetwork shop_lab'],
      ]),
    );
  });

  test('is made anew where it cannot be switched, and why is said', () => {
    const steps = stepsOf(specWith('sdn'), seen({ refused: 'it is led' }));
    const made = steps.find(({ id }) => id === 'createNetwork shop_lab');
    expect(made?.reason).toContain('which it cannot become as it is: it is led');
    expect(steps.map(({ id }) => id)).toContain('createContainer shop-web-1');
  });

  test('is left alone while services would lose by it that this is not about', () => {
    const options = { hash, mode: 'up', only: new Set(['web']) } as const;
    const of = (becoming: NetworkSwitch) => plan(specWith('sdn'), seen(becoming), options);
    expect(of({ lost: [] }).steps.map(({ id }) => id)).toEqual(['switchNetwork shop_lab']);
    const { steps, warnings } = of({ lost: ['endpoint db: option ports'] });
    expect(steps).toEqual([]);
    expect(warnings[0]).toContain('db would lose by it (endpoint db: option ports)');
  });

  test('and that was switched already, keeps what is on it', () => {
    const switched = { ...on, networks: on.networks.map((one) => ({ ...one, owner: 'sdn' })) };
    expect(ids(specWith('sdn'), switched)).toEqual(['switchNetwork shop_lab']);
    // By hand, and the file was left as it is.
    expect(ids(specWith('ip'), { ...switched, switches: { shop_lab: { lost: [] } } })).toEqual([
      'switchNetwork shop_lab',
    ]);
  });
});
