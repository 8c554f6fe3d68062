import { describe } from 'vitest';
import { networkingSuite } from '../../support/networking-suite.ts';
import { openAlone, openHere } from '../../support/open-service.ts';

const wrong = {
  linux: { addresses: ['banana'] },
  ip: { subnets: [{ subnet: 'banana' }] },
  overlay: { vni: 7 },
  routed: { subnets: [{ subnet: 'banana' }] },
  mesh: { vni: 7 },
};

describe.each(Object.entries(wrong))('the networking service of %s', (archetype, options) => {
  describe('in this process', () =>
    networkingSuite({ archetype, wrong: options, open: () => openHere(archetype) }));
  describe('in a process of its own', () =>
    networkingSuite({ archetype, wrong: options, open: () => openAlone(archetype) }));
});
