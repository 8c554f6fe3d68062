import { describe, expect, test } from 'vitest';
import { negotiated } from './api-version.ts';

describe('the API version', () => {
  test.each([
    ['Docker 20.10', { ApiVersion: '1.41', MinAPIVersion: '1.12' }, '1.41'],
    ['Podman 4.3', { ApiVersion: '1.41', MinAPIVersion: '1.24' }, '1.41'],
    ['Docker 25', { ApiVersion: '1.44', MinAPIVersion: '1.24' }, '1.44'],
    ['Docker 29, which takes nothing older than 1.44', { ApiVersion: '1.52', MinAPIVersion: '1.44' }, '1.47'],
    ['an engine that names no oldest version', { ApiVersion: '1.9' }, '1.9'],
  ])('with %s is the newest that both know', (_name, versions, expected) => {
    expect(negotiated(versions)).toBe(expected);
  });

  test('cannot be agreed on with an engine that has given up all that Heddle knows', () => {
    expect(() => negotiated({ ApiVersion: '2.3', MinAPIVersion: '2.0' })).toThrow(
      'wants at least version 2.0 of its API, and this Heddle knows 1.47',
    );
  });
});
