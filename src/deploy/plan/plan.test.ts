import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, with_ } from '../../../test/support/observed.ts';
import { ids, plain, stepsOf, watched } from '../../../test/support/planned.ts';
import { nothing } from '../observed.ts';

describe('up', () => {
  test('from nothing, makes networks and volumes, then pods, dependencies first', () => {
    const spec = specOf(plain);
    const present = { ...nothing, images: deployed(spec).images };
    expect(ids(spec, present)).toEqual([
      'createVolume shop_data',
      'createNetwork shop_default',
      'createSandbox shop-db-1',
      'createContainer shop-db-1',
      'createSandbox shop-web-1',
      'createContainer shop-web-1',
    ]);
    const web = stepsOf(spec, present).find((step) => step.id === 'createContainer shop-web-1');
    expect(web?.after).toEqual(['createSandbox shop-web-1', 'createContainer shop-db-1']);
  });

  test('obtains the images that are missing, and the base before those built from it', () => {
    const spec = specOf(plain);
    const obtained = stepsOf(spec, nothing).filter((step) => step.kind === 'obtainImage');
    expect(obtained.map((step) => step.subject.replace(/:[0-9a-f]{12}$/, ''))).toEqual([
      'localhost/heddle/base:bookworm',
      'localhost/heddle/holder',
      'nginx',
      'mariadb',
    ]);
    expect(obtained[1]?.after).toEqual([obtained[0]?.id]);
  });

  test('a second time does nothing', () => {
    const spec = specOf(watched);
    expect(ids(spec, deployed(spec))).toEqual([]);
  });

  test('the same file in another place changes nothing', () => {
    const spec = specOf(watched);
    const moved = structuredClone(spec);
    for (const pod of moved.pods) {
      for (const { labels } of pod.containers) {
        if ('com.docker.compose.project.config_files' in labels) {
          Object.assign(labels, { 'com.docker.compose.project.config_files': '/elsewhere/compose.yaml' });
        }
      }
    }
    expect(ids(moved, deployed(spec))).toEqual([]);
  });

  test('adding a feature leaves the application’s containers and sandboxes alone', () => {
    expect(
      ids(specOf(watched), { ...deployed(specOf(plain)), images: deployed(specOf(watched)).images }),
    ).toEqual([
      'createSandbox shop.flows',
      'connectManagement shop.flows',
      'createContainer shop.flows.collector',
      'connectManagement shop-web-1',
      'createContainer shop-web-1.flows.probe',
    ]);
  });

  test('removing a feature takes its agents, their links and the collector away, and nothing else', () => {
    expect(ids(specOf(plain), deployed(specOf(watched)))).toEqual([
      'removeContainer shop-web-1.flows.probe',
      'disconnectManagement shop-web-1',
      'removeContainer shop.flows.collector',
      'removeContainer shop.flows.sandbox',
      'disconnectManagement shop.flows',
      'removeManagement shop',
    ]);
  });

  test('changing a feature replaces its agents only', () => {
    const changed = watched.replace('flows: true', 'flows: { version: 5 }');
    expect(ids(specOf(changed), deployed(specOf(watched)))).toEqual([
      'removeContainer shop-web-1.flows.probe',
      'createContainer shop-web-1.flows.probe',
    ]);
  });

  test('changing a service replaces its container and keeps its sandbox and agents', () => {
    const changed = watched.replace('image: nginx', 'image: nginx, environment: { A: b }');
    expect(ids(specOf(changed), deployed(specOf(watched)))).toEqual([
      'removeContainer shop-web-1',
      'createContainer shop-web-1',
    ]);
  });

  test('changing a port makes the whole pod anew, agents included, and no other', () => {
    const changed = watched.replace('8080:80', '8081:80');
    const known = [specOf(watched)];
    const steps = stepsOf(specOf(changed), deployed(specOf(watched)), { known });
    expect(steps.map((step) => step.id).sort()).toEqual([
      'connectManagement shop-web-1',
      'createContainer shop-web-1',
      'createContainer shop-web-1.flows.probe',
      'createSandbox shop-web-1',
      'removeContainer shop-web-1',
      'removeContainer shop-web-1.flows.probe',
      'removeContainer shop-web-1.sandbox',
    ]);
    expect(steps.find((step) => step.kind === 'createSandbox')?.reason).toBe('port 80: 8080 → 8081');
  });

  test('a rebuilt image replaces the containers that were made from the old one', () => {
    const spec = specOf(plain);
    const observed = { ...deployed(spec), images: { ...deployed(spec).images, nginx: 'another' } };
    expect(ids(spec, observed)).toEqual(['removeContainer shop-web-1', 'createContainer shop-web-1']);
  });

  test('a changed network is made anew with all pods on it', () => {
    const changed = `${plain}networks: { default: { internal: true } }\n`;
    const steps = stepsOf(specOf(changed), deployed(specOf(plain)));
    const order = steps.map((step) => step.id);
    expect(order.indexOf('removeNetwork shop_default')).toBeGreaterThan(
      order.indexOf('removeContainer shop-db-1.sandbox'),
    );
    expect(order.indexOf('createNetwork shop_default')).toBeGreaterThan(
      order.indexOf('removeNetwork shop_default'),
    );
    expect(order).toContain('createContainer shop-web-1');
  });

  test('a network of which another program is to see the frames is changed while it is used', () => {
    const lab = (more: string) =>
      specOf(`services: { web: { image: nginx, networks: [lab] } }
networks: { lab: { x-heddle: { archetype: ip, vlan: 12${more} } } }
`);
    const before = lab('');
    const [step, ...rest] = stepsOf(lab(', program: own'), deployed(before), { known: [before] });
    expect(step).toMatchObject({
      id: 'createNetwork shop_lab',
      reason: 'it is changed as it is: program unset → own',
    });
    expect(rest).toEqual([]);
  });

  test('scaling up makes the new replicas and leaves the others', () => {
    const free = plain.replace(', ports: ["8080:80"]', '');
    const spec = specOf(free, { scale: { web: 3 } });
    expect(ids(spec, deployed(specOf(free)))).toEqual([
      'createSandbox shop-web-2',
      'createContainer shop-web-2',
      'createSandbox shop-web-3',
      'createContainer shop-web-3',
    ]);
  });

  test('scaling down removes replicas with their agents, the sandbox last', () => {
    const free = watched.replace('ports: ["8080:80"], ', '');
    const two = specOf(free, { scale: { web: 2 } });
    expect(ids(specOf(free), deployed(two))).toEqual([
      'removeContainer shop-web-2.flows.probe',
      'removeContainer shop-web-2',
      'removeContainer shop-web-2.sandbox',
      'disconnectManagement shop-web-2',
    ]);
  });

  test('waits for a dependency’s health only while it is not healthy', () => {
    const healthy = plain
      .replace('depends_on: [db]', 'depends_on: { db: { condition: service_healthy } }')
      .replace('image: mariadb', 'image: mariadb, healthcheck: { test: "true" }');
    const spec = specOf(healthy);
    const withoutWeb = { ...with_(deployed(spec), 'shop-web-1', undefined) };
    expect(ids(spec, withoutWeb)).toEqual(['awaitService db healthy', 'createContainer shop-web-1']);
    expect(ids(spec, with_(withoutWeb, 'shop-db-1', { health: 'healthy' }))).toEqual([
      'createContainer shop-web-1',
    ]);
  });

  test('an agent whose sandbox was started again is made anew, its application restarted', () => {
    const spec = specOf(watched);
    const strays = {
      'shop-web-1': { network: true as const },
      'shop-web-1.flows.probe': { network: true as const },
    };
    const observed = { ...deployed(spec), strays };
    expect(ids(spec, observed)).toEqual([
      'stopContainer shop-web-1',
      'startContainer shop-web-1',
      'removeContainer shop-web-1.flows.probe',
      'createContainer shop-web-1.flows.probe',
    ]);
  });

  test('what lost its files in the state folder is made anew, an application only by up', () => {
    const spec = specOf(watched);
    const strays = {
      'shop-web-1': { files: true as const },
      'shop.flows.collector': { files: true as const },
    };
    const lost = { ...deployed(spec), strays };
    expect(ids(spec, lost)).toContain('createContainer shop-web-1');
    expect(ids(spec, lost, { mode: 'heal' })).toEqual([
      'removeContainer shop.flows.collector',
      'createContainer shop.flows.collector',
    ]);
  });

  test('a clock that was set back between two starts changes nothing', () => {
    const spec = specOf(watched);
    const observed = with_(deployed(spec), 'shop-web-1.sandbox', { startedAt: 3_600_000 });
    expect(ids(spec, observed)).toEqual([]);
  });

  test('a sandbox that was cut short before it was on all its networks is made anew with its pod', () => {
    const spec = specOf(watched);
    const torn = with_(deployed(spec), 'shop-web-1.sandbox', { state: 'created', networks: [] });
    const steps = stepsOf(spec, torn);
    expect(steps.find(({ id }) => id === 'createSandbox shop-web-1')).toMatchObject({
      reason: 'it is not on the network shop_default',
    });
    expect(ids(spec, torn)).toContain('removeContainer shop-web-1.sandbox');
    expect(ids(spec, torn, { mode: 'heal' })).toContain('createSandbox shop-web-1');
  });

  test('what was made and never started is made anew, and what has run is started', () => {
    const spec = specOf(plain);
    const made = { state: 'created', startedAt: undefined } as const;
    expect(ids(spec, with_(deployed(spec), 'shop-web-1', made))).toEqual([
      'removeContainer shop-web-1',
      'createContainer shop-web-1',
    ]);
    const holder = with_(deployed(spec), 'shop-web-1.sandbox', made);
    expect(stepsOf(spec, holder).find(({ id }) => id === 'createSandbox shop-web-1')).toMatchObject({
      reason: 'it was never started',
    });
    const reset = with_(deployed(spec), 'shop-web-1', { state: 'created' });
    expect(ids(spec, reset)).toEqual(['startContainer shop-web-1']);
  });

  test('a project that Compose runs is refused', () => {
    const spec = specOf(plain);
    expect(() => ids(spec, { ...nothing, foreign: ['shop-web-1'] })).toThrow(
      /not Heddle's: there is container shop-web-1/,
    );
  });
});
