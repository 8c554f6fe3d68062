import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { webAndDb } from '../../support/tiny.ts';

describe('images', () => {
  const host = new TestHost();
  let project: string[];
  const own = `${host.folder}/own`;
  const greeter = host.image('localhost/heddle/cm-greeter');

  beforeAll(async () => {
    mkdirSync(`${own}/templates`, { recursive: true });
    mkdirSync(`${own}/images/cm-greeter`, { recursive: true });
    writeFileSync(
      `${own}/images/cm-greeter/Containerfile`,
      `ARG BASE\nFROM \${BASE}\nRUN echo greeting ${process.pid} > /greeting\n`,
    );
    project = host.project('cmimages', webAndDb);
    await host.ok('up', ...project);
  });
  afterAll(() => host.remove());

  test('lists the image of each container', async () => {
    const images = await host.json<{ container: string }[]>('images', ...project);
    expect(images.map(({ container }) => container)).toEqual([
      'cmimages-db-1',
      'cmimages-web-1',
      'cmimages-web-2',
    ]);
    expect(images[0]).toEqual({
      container: 'cmimages-db-1',
      service: 'db',
      role: 'application',
      repository: 'localhost/heddle-test/tiny',
      tag: 'latest',
      id: host.podman('inspect', 'cmimages-db-1', '--format', '{{.Image}}'),
      size: Number(host.podman('image', 'inspect', 'localhost/heddle-test/tiny', '--format', '{{.Size}}')),
    });
    const table = await host.ok('images', ...project);
    expect(table).toMatch(/^CONTAINER +REPOSITORY +TAG +IMAGE ID +SIZE\ncmimages-db-1 .* latest /);
  });

  test('are built once for each content of their folder, and again without the cache', async () => {
    const build = () => host.heddle('images', 'build', 'cm-greeter', '--catalogue', own);
    const id = () => host.podman('images', '-q', '--no-trunc', greeter);
    expect((await build()).stderr).toMatch(/✔ Image localhost\/heddle\/cm-greeter:[0-9a-f]{12} {2}Ready/);
    const first = id();
    expect((await build()).stderr).toMatch(/✔ Image localhost\/heddle\/cm-greeter:[0-9a-f]{12} {2}Cached/);
    expect(id()).toBe(first);
    await host.ok('images', 'build', 'cm-greeter', '--catalogue', own, '--no-cache');
    expect(id()).not.toBe(first);
    writeFileSync(`${own}/images/cm-greeter/more`, 'more');
    expect((await build()).stderr).toContain('Ready');
    expect(id().split('\n')).toHaveLength(2);
  });

  test('that the catalogue does not have are not built', async () => {
    const outcome = await host.heddle('images', 'build', 'holdr');
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(
      'ERR_IMAGE_MISSING: the catalogue has no image "holdr"\ndid you mean "holder"',
    );
  });
});
