import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { targetOf } from './endpoint.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-endpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the address of an engine', () => {
  test('is a socket, or a host and a port', () => {
    expect(targetOf('unix:///run/docker.sock', {})).toEqual({ socketPath: '/run/docker.sock' });
    expect(targetOf('tcp://localhost', {})).toEqual({ host: 'localhost', port: '2375', protocol: 'http' });
    expect(targetOf('tcp://[::1]:99', {})).toEqual({ host: '::1', port: '99', protocol: 'http' });
  });

  test('takes the certificates of TLS from where Docker has them', () => {
    for (const name of ['ca', 'cert', 'key']) writeFileSync(path.join(folder, `${name}.pem`), name);
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
    const target = { protocol: 'https', port: '2376', ca: Buffer.from('ca'), key: Buffer.from('key') };
    expect(targetOf('tcp://localhost', env)).toMatchObject(target);
    expect(targetOf('https://localhost', { DOCKER_CERT_PATH: folder })).toMatchObject(target);
  });

  test('names the certificate that is missing', () => {
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' };
    expect(() => targetOf('tcp://localhost', env)).toThrow(/^\/nowhere\/ca\.pem: ENOENT/);
  });

  test.each(['ssh://root@host', 'npipe://pipe', 'localhost:2375', '://'])('is not %s', (address) => {
    expect(() => targetOf(address, {})).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringContaining(address) }),
    );
  });
});
