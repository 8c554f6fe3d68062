import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { addressOf, certificates } from './endpoint.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-endpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the address of an engine', () => {
  test('is a socket, or a host and a port', () => {
    expect(addressOf('unix:///run/docker.sock', {})).toEqual({ socketPath: '/run/docker.sock' });
    expect(addressOf('tcp://localhost', {})).toEqual({ host: 'localhost', port: '2375', protocol: 'http' });
    expect(addressOf('tcp://[::1]:99', {})).toEqual({ host: '::1', port: '99', protocol: 'http' });
  });

  test('has TLS where it is https, or DOCKER_TLS_VERIFY is set', () => {
    const target = { host: 'localhost', port: '2376', protocol: 'https' };
    expect(addressOf('tcp://localhost', { DOCKER_TLS_VERIFY: '1' })).toEqual(target);
    expect(addressOf('https://localhost', {})).toEqual(target);
  });

  test('takes certificates from where Docker has them, and names one that is missing', () => {
    for (const name of ['ca', 'cert', 'key']) writeFileSync(path.join(folder, `${name}.pem`), name);
    expect(certificates({ DOCKER_CERT_PATH: folder })).toEqual({
      ca: Buffer.from('ca'),
      cert: Buffer.from('cert'),
      key: Buffer.from('key'),
    });
    expect(() => certificates({ DOCKER_CERT_PATH: '/nowhere' })).toThrow(/^\/nowhere\/ca\.pem: ENOENT/);
  });

  test.each(['ssh://root@host', 'npipe://pipe', 'localhost:2375', '://'])('is not %s', (address) => {
    expect(() => addressOf(address, {})).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringContaining(address) }),
    );
  });
});
