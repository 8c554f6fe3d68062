import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeText } from '../../test/support/compose.ts';
import { readFolder } from '../catalogue/folder.ts';
import { loadCatalogue } from '../catalogue/load.ts';
import { select } from './select.ts';

const firewall = 'firewall: { ingress: deny }';
const db = (manage: string, more = '') =>
  `services: { web: { image: nginx }, db: { image: mariadb, x-heddle: { manage: { ${manage} } }${more} } }`;

describe('what cannot be enforced as written', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-catalogue-'));
    mkdirSync(path.join(folder, 'templates'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const template = (name: string, text: string) =>
    writeFileSync(path.join(folder, 'templates', `${name}.yaml`), text);
  const own = (feature: string, agent: string, more = '') =>
    template(
      feature,
      `feature: ${feature}\ntitle: Ours\nscope: service\n${more}\nagents: { a: { image: ours, ${agent} } }\n`,
    );
  const refusal = (text: string, folders: string[] = []) => {
    try {
      select(describeText(text), loadCatalogue(folders.map(readFolder)));
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };

  test.each([
    [
      'sdn, options: { controller: "tcp:10.0.0.9:6653" }',
      firewall,
      'firewall cannot stand in the path of db on the network lab, whose switch does what another’s controller says',
    ],
    ['ip, options: { switch: { kind: openvswitch } }', firewall, 'whose switch is an Open vSwitch'],
    ['etarch', 'flows: true', 'flows needs IP, and db is on lab, whose archetype etarch carries none'],
  ])('is refused on a network that it cannot be had on: %s, %s', (archetype, manage, words) => {
    const networks = `networks: { lab: { x-heddle: { archetype: ${archetype} } } }`;
    expect(refusal(`${db(manage, ', networks: [lab]')}\n${networks}`)).toContain(words);
  });

  test.each(['ip', 'sdn'])('is accepted on a network where nobody speaks as another: %s', (archetype) => {
    const networks = `networks: { lab: { x-heddle: { archetype: ${archetype} } } }`;
    expect(refusal(`${db(firewall, ', networks: [lab]')}\n${networks}`)).toBe('accepted');
  });

  test('is had: several functions in the path of one service, the first written outermost', () => {
    const catalogue = loadCatalogue();
    const pathOf = (manage: string) =>
      select(describeText(db(manage)), catalogue).pods.find(({ name }) => name === 'shop-db-1')?.path;
    expect(pathOf(`${firewall}, shaper: { ingress: 1mbit }`)).toEqual([
      'shop-db-1.firewall',
      'shop-db-1.shaper',
    ]);
    expect(pathOf(`shaper: { ingress: 1mbit }, flows: true, ${firewall}`)).toEqual([
      'shop-db-1.shaper',
      'shop-db-1.firewall',
    ]);
  });

  test('is refused: what stands in chains only', () => {
    const said = refusal(db('nat: { ports: ["8080:80"] }'));
    expect(said).toContain(
      'ERR_FEATURE_IMPOSSIBLE: services.db.x-heddle.manage.nat: nat is asked for in a chain',
    );
    expect(said).toContain('`through`');
  });

  test('is refused: one feature of a service twice', () => {
    expect(refusal(db('firewall: [{ ingress: deny }, { ingress: allow }]'))).toMatch(
      /ERR_FEATURE_PARAMETER: services\.db\.x-heddle\.manage\.firewall: a service has firewall once/,
    );
    expect(refusal(db('firewall: [{ ingress: deny }]'))).toBe('accepted');
  });

  test.each(['macvlan', 'ipvlan', 'overlay', 'host'])(
    'is refused: a firewall on a network by %s',
    (driver) => {
      const text = `services: { db: { image: x, networks: [m], x-heddle: { manage: { ${firewall} } } } }\nnetworks: { m: { driver: ${driver} } }`;
      expect(refusal(text)).toContain(`on the network m, whose driver is ${driver}`);
    },
  );

  test.each(['shop-db-1.firewall', 'shop-db-1.firewall.guard', 'shop-db-1.sandbox', 'shop-db-1'])(
    'is refused: a service that calls itself %s',
    (name) => {
      const text = `services: { db: { image: x, x-heddle: { manage: { ${firewall} } } }, evil: { image: x, container_name: ${name} } }`;
      expect(refusal(text)).toMatch(
        new RegExp(
          `^compose\\.yaml:1:\\d+: error ERR_COMPOSE_CONFLICT: services\\.evil\\.container_name: ${name}`,
        ),
      );
    },
  );

  test('is refused: a service in the namespace of a function', () => {
    const text = `services: { db: { image: x, x-heddle: { manage: { ${firewall} } } }, evil: { image: x, network_mode: "container:shop-db-1.firewall.sandbox" } }`;
    expect(refusal(text)).toContain(
      'ERR_FEATURE_IMPOSSIBLE: services.evil.network_mode: it would join the namespace of shop-db-1.firewall, which stands in the path of db',
    );
  });

  test.each(['firewall', 'flows', 'latency', 'snmp'])(
    'is refused: a template that calls itself %s',
    (name) => {
      own(name, 'sharing: network');
      expect(refusal(db(''), [folder])).toContain(`the feature ${name} is one of Heddle's own`);
    },
  );

  test('is refused: an image that calls itself as one of Heddle’s', () => {
    mkdirSync(path.join(folder, 'images', 'firewall'), { recursive: true });
    writeFileSync(path.join(folder, 'images', 'firewall', 'Containerfile'), 'FROM scratch\n');
    expect(refusal(db(''), [folder])).toContain("the image firewall is one of Heddle's own");
  });

  test.each([
    'SYS_ADMIN',
    'CAP_SYS_ADMIN',
    'cap_sys_admin',
    'SYS_MODULE',
    'sys_ptrace',
    'ALL',
    'SYS_TTY_CONFIG',
  ])('is refused without trust: the capability %s in a template', (name) => {
    own('ours', `sharing: network, capabilities: [${name}]`);
    expect(refusal(db('ours: true'), [folder])).toContain('ERR_TEMPLATE_PRIVILEGED');
    own('ours', `sharing: network, capabilitiesIf: { x: [${name}] }`);
    expect(refusal(db('ours: true'), [folder])).toContain('ERR_TEMPLATE_PRIVILEGED');
  });

  test('is refused: a capability that there is not', () => {
    own('ours', 'sharing: network, capabilities: [SYS_ADMIN_]');
    expect(refusal(db('ours: true'), [folder])).toContain('is no capability');
  });

  test.each(['secrets', 'functions', 'files', 'flows', 'latency', 'snmp/${pod.name}'])(
    'is refused: state of another’s in a template, %s',
    (source) => {
      own('ours', `sharing: network, state: [{ source: "${source}", target: /s }]`);
      expect(refusal(db('ours: true'), [folder])).toContain('a feature has its state in ours');
    },
  );

  test.each(['secrets', 'functions', 'files'])('is refused: a feature called %s', (name) => {
    own(name, `sharing: network, state: [{ source: ${name}, target: /s }]`);
    expect(refusal(db(''), [folder])).toContain(`no feature can be called ${name}`);
  });

  test('is refused: an agent in a replica’s pod that says it shares nothing', () => {
    own('ours', 'sharing: none');
    expect(refusal(db('ours: true'), [folder])).toContain('shares the network of the service');
  });

  test('is refused: an agent in the path without a function', () => {
    own('ours', 'place: path, sharing: none');
    expect(refusal(db('ours: true'), [folder])).toContain('ERR_TEMPLATE_INVALID');
  });

  test.each(['constructor', 'valueof', 'tostring'])('is no feature: %s, which every object has', (name) => {
    expect(refusal(db(`${name}: true`))).toContain(`there is no feature "${name}"`);
  });
});
