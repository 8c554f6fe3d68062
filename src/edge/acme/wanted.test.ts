import { describe, expect, test } from 'vitest';
import { copyOn, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import type { CurrentView, ServiceView } from '../view/view.ts';
import { wantedCertificates } from './wanted.ts';

const far = copyOn('oulu-1', 'oulu');
const led = (name: string, rest: Partial<ServiceView> = {}) =>
  serviceOf(name, { steer: 'gateway', copies: [far], ...rest });
const stream = (port: number): ServiceView['ports'] => [
  { name: 'raw', port, protocol: 'tcp', application: 'stream' },
];
const layer4 = (port: number): ServiceView['ports'] => stream(port).map((one) => ({ ...one, layer: 4 }));
const viewOf = (...services: readonly ServiceView[]): CurrentView => ({
  ...snapshotOf().view,
  services: new Map(services.map((one) => [`${one.namespace}/${one.name}`, one])),
});
const wantedOf = (...services: readonly ServiceView[]) =>
  wantedCertificates(viewOf(...services), true).certificates;
const gateway = { id: 'gateway', names: ['helsinki.gateway.edge.internal'] };

describe('a gateway wants a certificate', () => {
  test('for itself, and for both names of each service that it leads to', () => {
    expect(wantedOf(led('web'), led('api', { namespace: 'lab' }))).toEqual([
      gateway,
      { id: 'lab.api', names: ['api.lab.svc.edge.internal', 'api.edge.internal'] },
      { id: 'shop.web', names: ['web.shop.svc.edge.internal', 'web.edge.internal'] },
    ]);
  });

  test('of its own for the name at this site, which goes when the copies there do', () => {
    const here = led('web', { copies: [copyOn('hel-1', 'helsinki')] });
    expect(wantedOf(here).map(({ id }) => id)).toEqual(['gateway', 'shop.web', 'shop.web.site']);
    expect(wantedOf(here)[2]?.names).toEqual(['web.helsinki.site.edge.internal']);
  });

  test('for no name that is not given', () => {
    expect(wantedOf(led('web', { alias: false }))[1]?.names).toEqual(['web.shop.svc.edge.internal']);
  });

  test('for no service that is reached directly, has no live copy, or speaks no HTTP there', () => {
    const gone = led('gone', { copies: [copyOn('oulu-1', 'oulu', { verdict: 'out' })] });
    const other = led('other', {
      ports: [{ name: 'http', port: 8080, protocol: 'tcp', application: 'http' }],
    });
    expect(wantedOf(serviceOf('db'), gone, led('raw', { ports: stream(7000) }), other)).toEqual([gateway]);
  });
});

describe('an operator', () => {
  test('names those that there are to be certificates for, and hears of what leads nowhere', () => {
    const view = viewOf(led('web'));
    expect(wantedCertificates(view, true, ['web.edge.internal', 'x.edge.internal'])).toEqual({
      certificates: [{ id: 'shop.web', names: ['web.edge.internal'] }],
      problems: ['x.edge.internal leads to no live copy of a service through this gateway'],
    });
  });

  test.each([
    [80, stream],
    [443, stream],
    [80, layer4],
    [443, layer4],
  ])('hears that no server can ask or no client be answered at port %d', (port, ports) => {
    const { certificates, problems } = wantedCertificates(viewOf(led('raw', { ports: ports(port) })), true);
    expect(certificates).toEqual([]);
    expect(problems[0]).toMatch(new RegExp(`^port ${port}, |^port ${port} leads`));
  });

  test('hears that there are too many', () => {
    const many = Array.from({ length: 1000 }, (_, number) => led(`s${number}`));
    const { certificates, problems } = wantedCertificates(viewOf(...many), true);
    expect(certificates).toHaveLength(1000);
    expect(problems).toEqual([expect.stringMatching(/^1001 certificates would be needed, 1000 is the most/)]);
  });
});
