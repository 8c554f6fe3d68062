import { describe, expect, test } from 'vitest';
import { mountOf, oneOffOf } from './one-off.ts';

const made = (options: Parameters<typeof oneOffOf>[2], terminal = false) =>
  oneOffOf('web', ['sh'], options, terminal);

describe('what run is told', () => {
  test('takes a name that is one', () => {
    expect(made({ name: 'once' }).name).toBe('once');
    expect(() => made({ name: '../once' })).toThrow('is no name of a container');
  });

  test('takes variables and labels apart at the first equals sign', () => {
    expect(made({ env: ['A=1=2', 'B='], label: ['c=d', 'e'] })).toMatchObject({
      environment: { A: '1=2', B: '' },
      labels: { c: 'd', e: '' },
    });
  });

  test('publishes ports as the file does', () => {
    expect(made({ publish: ['127.0.0.1:8080:80', '53/udp', '90-91:9'] }).ports).toEqual([
      { hostIp: '127.0.0.1', published: 8080, target: 80, protocol: 'tcp' },
      { target: 53, protocol: 'udp' },
      { published: 90, publishedEnd: 91, target: 9, protocol: 'tcp' },
    ]);
    expect(() => made({ publish: ['http'] })).toThrow('--publish http: this is not a port');
  });

  test('has a terminal only where there is one on both sides, and it was not refused', () => {
    expect([made({}, true).tty, made({ TTY: false }, true).tty, made({}).tty]).toEqual([true, false, false]);
    expect([made({}).interactive, made({ interactive: false }).interactive]).toEqual([true, false]);
  });

  test('splits an entrypoint as a shell does', () => {
    expect(made({ entrypoint: 'sh -c "a b"' }).entrypoint).toEqual(['sh', '-c', 'a b']);
  });
});

test('a mount is of a path here, of a volume, or without a name', () => {
  expect(mountOf('./x:/y:ro', '/here')).toMatchObject({
    type: 'bind',
    source: '/here/x',
    target: '/y',
    readOnly: true,
  });
  expect(mountOf('data:/y')).toEqual({
    type: 'volume',
    source: 'data',
    target: '/y',
    readOnly: false,
    noCopy: false,
  });
  expect(mountOf('/y')).toEqual({ type: 'volume', target: '/y', readOnly: false, noCopy: false });
  for (const wrong of ['a:b', ':/y', '/a:/b:exec', 'a:/b:ro:rw'])
    expect(() => mountOf(wrong), wrong).toThrow('this is not a mount');
});
