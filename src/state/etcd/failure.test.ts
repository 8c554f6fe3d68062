import { describe, expect, test } from 'vitest';
import { HttpTimeout } from '../../lib/http/timeouts.ts';
import { failureOfAnswer, failureOfError } from './failure.ts';

describe('what a member answers instead', () => {
  test.each([
    ['etcdserver: no leader', 14, 'undone'],
    ['etcdserver: too many requests', 8, 'undone'],
    ['etcdserver: request timed out', 14, 'unknown'],
    ['etcdserver: request timed out, possibly due to previous leader failure', 14, 'unknown'],
    ['etcdserver: server stopped', 14, 'unknown'],
    ['etcdserver: leader changed', 14, 'unknown'],
    ['etcdserver: requested lease not found', 5, 'refused'],
    ['etcdserver: mvcc: required revision has been compacted', 11, 'refused'],
    ['etcdserver: mvcc: database space exceeded', 8, 'refused'],
    ['etcdserver: request is too large', 3, 'refused'],
    ['etcdserver: permission denied', 7, 'refused'],
  ])('%s', (message, code, outcome) => {
    const told = { message, code, outcome };
    expect(failureOfAnswer(503, JSON.stringify({ error: message, message, code }))).toMatchObject(told);
    expect(failureOfAnswer(503, JSON.stringify({ code, message, details: [] }))).toMatchObject(told);
    expect(
      failureOfAnswer(200, JSON.stringify({ error: { grpc_code: code, http_code: 503, message } })),
    ).toMatchObject(told);
  });

  test.each([
    [502, '<html>bad gateway</html>', 'unknown'],
    [404, '404 page not found', 'refused'],
    [503, '{"code":"fourteen"}', 'unknown'],
    [500, 'null', 'unknown'],
  ])('%i %s, which is not etcd’s', (status, text, outcome) => {
    expect(failureOfAnswer(status, text)).toMatchObject({ outcome, code: undefined });
  });
});

describe('that nothing is heard', () => {
  test.each([
    [{ code: 'ECONNREFUSED' }, 'undone'],
    [{ code: 'ENOTFOUND' }, 'undone'],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'undone'],
    [{ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, 'undone'],
    [{ code: 'ECONNRESET' }, 'unknown'],
    [{ code: 'EPIPE' }, 'unknown'],
  ])('%o', (properties, outcome) => {
    expect(failureOfError(Object.assign(new Error('it'), properties))).toMatchObject({ outcome });
  });

  test('in time: before there was a connection nothing was done', () => {
    expect(failureOfError(new HttpTimeout('connect', 1000)).outcome).toBe('undone');
    expect(failureOfError(new HttpTimeout('whole', 1000)).outcome).toBe('unknown');
  });
});
