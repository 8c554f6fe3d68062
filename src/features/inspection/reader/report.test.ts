import { expect, test } from 'vitest';
import { readReport } from './report.ts';

const written =
  '{"since":1795988581135,"missed":3,"applications":[' +
  '{"protocol":"DNS","application":"DNS","flows":2,"ingress":{"packets":2,"bytes":200},"egress":{"packets":2,"bytes":120}},' +
  '{"protocol":"TLS","application":"WhatsApp","flows":1,"ingress":{"packets":9,"bytes":90000},"egress":{"packets":5,"bytes":345}}]}\n';

test('a report of an inspector is read, the application with the most bytes first', () => {
  const { since, missed, applications } = readReport(written);
  expect({ since, missed }).toEqual({ since: '2026-11-29T21:43:01.135Z', missed: 3 });
  expect(applications.map(({ application, protocol }) => [application, protocol])).toEqual([
    ['WhatsApp', 'TLS'],
    ['DNS', 'DNS'],
  ]);
  expect(applications[1]).toMatchObject({ flows: 2, ingress: { bytes: 200 }, egress: { packets: 2 } });
});

test('what is no report is not taken for one', () => {
  expect(() => readReport('')).toThrow();
  expect(() => readReport('{"since":1}')).toThrow();
});
