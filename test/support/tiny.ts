import path from 'node:path';
import { root } from './installed.ts';

/** What the image of a tiny web service is called. */
export const tinyImage = 'localhost/heddle-test/tiny';

/** How it is built, as a Compose file has it. */
export const tinyBuild = {
  context: path.join(root, 'test/images/tiny'),
  dockerfile: 'Containerfile',
  args: { BASE: 'localhost/heddle/base:bookworm' },
};

/** The same as a line of a Compose file. */
export const tiny = `image: ${tinyImage}, build: ${JSON.stringify(tinyBuild)}`;

/** The same of HAProxy, which listens at port 10080 for whatever is addressed to others, and goes on in the client's name. */
export const proxy = `image: localhost/heddle-test/proxy, build: { context: ${path.join(root, 'test/images/proxy')}, dockerfile: Containerfile, args: { BASE: localhost/heddle/base:bookworm } }`;

/** A Compose file with two such services, one of them twice. */
export const webAndDb = `
services:
  web: { ${tiny}, init: true, scale: 2, stop_grace_period: 1s }
  db: { ${tiny}, init: true, stop_grace_period: 1s }
`;
