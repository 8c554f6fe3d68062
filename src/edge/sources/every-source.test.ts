import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, vi } from 'vitest';
import { endpoint, node, service, slice } from '../../../test/support/kubernetes-objects.ts';
import { listed, SpeakingNode } from '../../../test/support/listed-services.ts';
import { sourceSuite } from '../../../test/support/source-suite.ts';
import { connectCluster } from '../../engines/kubernetes/connect.ts';
import { ApiServerStandIn } from '../../engines/kubernetes/stand-in.ts';
import { EdgeFileReader } from './edge-file-reader.ts';
import { EngineSource } from './engine/engine-source.ts';
import { KubernetesSource, paths } from './kubernetes/kubernetes-source.ts';
import { StaticSource } from './static-source.ts';

afterAll(() => vi.unstubAllEnvs());

sourceSuite('an edge file', async () => {
  const services = new Map<string, object>();
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-edge-file-'));
  const file = path.join(folder, 'edge.yaml');
  const sources: { readonly source: StaticSource; readonly reader: EdgeFileReader }[] = [];
  const writeFile = () => {
    const places = {
      sites: { berlin: { gateway: ['10.2.0.1'] } },
      nodes: { b1: { site: 'berlin', addresses: ['10.2.0.11'] } },
    };
    writeFileSync(file, JSON.stringify({ ...places, services: Object.fromEntries(services) }));
  };
  const write = () => {
    writeFile();
    for (const { source, reader } of sources) source.update(reader.readChange());
  };
  return {
    nodes: [{ name: 'b1', site: 'berlin' }],
    source: async () => {
      writeFile();
      const reader = new EdgeFileReader(file);
      const source = new StaticSource(file, reader.readChange());
      sources.push({ source, reader });
      return source;
    },
    publish: (name, copies) => {
      const all = Object.entries(copies).map(([id, address]) => ({ id, address, node: 'b1' }));
      services.set(`shop/${name}`, { ports: {}, copies: all });
      write();
    },
    withdraw: (name) => {
      services.delete(`shop/${name}`);
      write();
    },
    repeat: write,
    close: async () => rmSync(folder, { recursive: true }),
  };
});

const quick = { first: 1, longest: 20, lists: 5, refused: 5 };

sourceSuite('a Kubernetes cluster', async () => {
  const server = await ApiServerStandIn.start();
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-sources-'));
  const kubeconfig = path.join(folder, 'config');
  writeFileSync(kubeconfig, server.kubeconfig('here'));
  vi.stubEnv('KUBECONFIG', kubeconfig);
  const cluster = await connectCluster('here');
  server.put(paths.nodes, node('b1'));
  return {
    nodes: [{ name: 'b1', site: 'berlin' }],
    source: async () => new KubernetesSource('here', cluster, undefined, quick),
    publish: (name, copies) => {
      const all = Object.entries(copies).map(([id, address]) => endpoint(id, address, 'b1'));
      server.put(paths.endpointslices, slice(name, '1', all));
      server.put(paths.services, service(name, { ports: [] }));
    },
    withdraw: (name) => {
      server.delete(paths.services, `shop/${name}`);
      server.delete(paths.endpointslices, `shop/${name}-1`);
    },
    repeat: () => {
      for (const one of Object.values(paths))
        for (const object of server.objects(one)) server.put(one, object);
      server.compact();
      server.disconnect('half');
    },
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
});

sourceSuite('the applications of a host', async () => {
  const node = new SpeakingNode();
  const b1 = { name: 'b1', site: 'berlin', addresses: ['10.2.0.11'] };
  const others = (name: string) => node.services.filter((service) => service.name !== name);
  return {
    nodes: [],
    source: async () => {
      const source = new EngineSource('b1', (signal) => node.listen(signal));
      source.declare({ nodes: { b1 } });
      return source;
    },
    publish: (name, copies) => {
      node.services = [...others(name), listed(name, copies)];
    },
    withdraw: (name) => {
      node.services = others(name);
    },
    repeat: () => {
      node.say({ services: node.services });
      node.hangUp();
    },
    close: async () => {},
  };
});
