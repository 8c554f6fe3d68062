import type { Readable } from 'node:stream';
import type { NodeClient } from '../../api/client.ts';
import type { HandlingService } from '../../api/handling.ts';
import type { NodeService } from '../../api/node-service.ts';
import { told } from './told.ts';

/** A node as it is asked about single containers of the part of an application that it has. */
export type HandlingWorker = HandlingService & Pick<NodeService, 'exec' | 'images' | 'inspect'>;

/** Another one: what a client sends, and what is answered, goes through as it comes. */
export function farHandling(client: NodeClient): HandlingWorker {
  const { handling } = client;
  return {
    kill: (project, request, report) => told(handling.kill(project, request), report),
    pause: (project, services, report) => told(handling.onServices('pause', project, services), report),
    unpause: (project, services, report) => told(handling.onServices('unpause', project, services), report),
    rm: (project, request, report) => told(handling.rm(project, request), report),
    top: (project, services) => handling.top(project, services),
    images: (project, services) => client.images(project, services),
    inspect: (project, services) => client.inspect(project, services),
    wait: (project, services, signal) => handling.wait(project, services, signal),
    events: (project, query, signal) => handling.events(project, query, signal),
    stats: (project, query, signal) => handling.stats(project, query, signal),
    exec: (project, inputs, signal) => client.exec(project, inputs, 'exec', signal),
    attach: (project, inputs, signal) => client.exec(project, inputs, 'attach', signal),
    run: (project, inputs, signal) => client.exec(project, inputs, 'run', signal),
    readArchive: (project, place) => handling.readArchive(project, place),
    statPath: (project, place) => handling.statPath(project, place),
    writeArchive: (project, place, archive) =>
      handling.writeArchive(project, place, archive, cutOff(archive)),
  };
}

/** Aborts when what is read ends before its end: the other node is to hear of that. */
function cutOff(archive: Readable): AbortSignal {
  const cut = new AbortController();
  archive.once('error', () => cut.abort());
  archive.once('close', () => {
    if (!archive.readableEnded) cut.abort();
  });
  return cut.signal;
}
