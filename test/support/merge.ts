import { Merge } from '../../src/edge/sources/merge.ts';
import type { Publication, SourceObject } from '../../src/edge/sources/source.ts';
import { serviceOf } from './edge-model.ts';

export const problemsOf = (one: Merge) =>
  one.faults().map(({ source, origin, reason }) => `${source}: ${origin} ${reason}`);

export const site = (name: string) => ({ name, gateway: ['10.0.0.1'], prefer: [] });
export const places = {
  domain: 'edge.internal',
  caa: [],
  sites: { berlin: site('berlin'), helsinki: site('helsinki') },
};
export const node = (name: string, at: string): SourceObject => ({
  node: { name, site: at, addresses: ['10.2.0.11'] },
});
export function published(name: string, rest: Partial<Publication> = {}): SourceObject {
  const { sources: _, ...service } = serviceOf(name);
  return { service: { ...service, explicit: false, ...rest } };
}
export const merge = () => new Merge(['east', 'west'], places);
