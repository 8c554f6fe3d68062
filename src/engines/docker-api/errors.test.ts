import { expect, test } from 'vitest';
import { containerIn, engineError, isNotFound, refusalOf } from './errors.ts';

/** What runc says, as Podman and as Docker hand it on. */
const runc = (reason: string) => [
  `runc: runc create failed: unable to start container process: exec: ${reason}: OCI runtime attempted to invoke a command that was not found`,
  `OCI runtime create failed: container_linux.go:367: starting container process caused: exec: ${reason}: unknown`,
];

test.each([
  ['"nosuch": executable file not found in $PATH', '"nosuch": executable file not found in $PATH'],
  ['"/bin/x": stat /bin/x: no such file or directory', '"/bin/x": no such file or directory'],
  ['"/etc/passwd": permission denied', '"/etc/passwd": permission denied'],
])('a command that cannot be run is named: %s', (reason, message) => {
  for (const said of runc(reason)) {
    const error = engineError(new Error(said), 'starting shop-web-1');
    expect(error).toMatchObject({ code: 'ERR_SERVICE_COMMAND', message: `starting shop-web-1: ${message}` });
  }
});

test.each([
  ['driver failed: port is already allocated', 'ERR_PORT_IN_USE'],
  ['write /x: no space left on device', 'ERR_DISK_FULL'],
  ['No such image: nosuch:latest', 'ERR_IMAGE_MISSING'],
  ['anything else', 'ERR_ENGINE'],
])('%s', (said, code) => {
  expect(engineError(new Error(said), 'doing it')).toMatchObject({ code, message: `doing it: ${said}` });
});

test('what is removed while it is looked at is not found', () => {
  const said = 'container 39001fc04e48 does not exist in database: no such container';
  expect(isNotFound(Object.assign(new Error(said), { statusCode: 500 }))).toBe(true);
  expect(isNotFound(Object.assign(new Error('anything else'), { statusCode: 500 }))).toBe(false);
});

test('says what to install where Podman has no init process', () => {
  const said =
    'container create: container-init binary not found on the host: stat /usr/libexec/podman/catatonit';
  expect(engineError(new Error(said), 'creating shop-web-1').hint).toContain('apt-get install catatonit');
});

test.each([
  'image localhost/a is in use: image used by 89251233f37eb64b: image is in use by a container',
  'conflict: unable to remove repository reference "a" (must force) - container 89251233f37eb64b is using its referenced image 8acac9edd9da',
])('an image that is in use is refused, and by whom is known: %s', (said) => {
  expect(refusalOf(Object.assign(new Error(said), { statusCode: 409 }))).toBe(said);
  expect(refusalOf(Object.assign(new Error(said), { statusCode: 500 }))).toBeUndefined();
  expect(containerIn(said)).toBe('89251233f37eb64b');
});
