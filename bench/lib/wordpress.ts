import path from 'node:path';
import { root } from '../../test/support/installed.ts';

const example = path.join(root, 'examples', 'wordpress');

/** Features of the services of one instance, as `x-heddle` takes them. */
export interface Managed {
  readonly web?: object;
  readonly db?: object;
  /** Of the application. */
  readonly application?: object;
}

/** The port that an instance is published at; from 1. */
export function portOf(instance: number): number {
  return 18_500 + instance;
}

/**
 * The example as a project of several complete instances: each with its web server, its database, its volumes and a port
 * of its own, as the published measurement had it. JSON is YAML.
 */
export function wordpress(instances: number, managed: Managed = {}): string {
  const numbers = Array.from({ length: instances }, (_, index) => index + 1);
  return JSON.stringify({
    services: Object.fromEntries(numbers.flatMap((n) => services(n, managed))),
    volumes: Object.fromEntries(
      numbers.flatMap((n) => [`database${n}`, `uploads${n}`]).map((name) => [name, {}]),
    ),
    secrets: { db_password: { file: path.join(example, 'db-password.txt') } },
    ...(managed.application && { 'x-heddle': { manage: managed.application } }),
  });
}

function services(n: number, managed: Managed): [string, object][] {
  const web = {
    ...image('web'),
    environment: { WORDPRESS_DB_HOST: `db${n}` },
    depends_on: { [`db${n}`]: { condition: 'service_healthy' } },
    ports: [`127.0.0.1:${portOf(n)}:80`],
    secrets: ['db_password'],
    volumes: [`uploads${n}:/var/lib/wordpress/wp-content/uploads`],
    stop_grace_period: '2s',
    ...(managed.web && { 'x-heddle': { manage: managed.web } }),
  };
  const db = {
    ...image('db'),
    secrets: ['db_password'],
    volumes: [`database${n}:/var/lib/mysql`],
    healthcheck: {
      test: ['CMD', 'mariadb', '--execute', 'DO 1'],
      interval: '2s',
      timeout: '5s',
      retries: 30,
    },
    ...(managed.db && { 'x-heddle': { manage: managed.db } }),
  };
  return [
    [`web${n}`, web],
    [`db${n}`, db],
  ];
}

function image(part: string) {
  return {
    image: `localhost/heddle-example-wordpress-${part}`,
    build: {
      context: path.join(example, part),
      dockerfile: 'Containerfile',
      args: { BASE: process.env['HEDDLE_BASE'] || 'debian:bookworm-slim' },
    },
  };
}
