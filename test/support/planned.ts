// For tests: an application without management, watched and guarded, and the steps that a plan has for it.

import type { Observed } from '../../src/deploy/observed.ts';
import { plan } from '../../src/deploy/plan/plan.ts';
import type { PlanOptions } from '../../src/deploy/plan/planning.ts';
import type { DeploymentSpec } from '../../src/selector/spec.ts';
import { hash } from './observed.ts';

export const plain = `
services:
  web: { image: nginx, ports: ["8080:80"], depends_on: [db] }
  db: { image: mariadb, volumes: ["data:/var/lib/mysql"] }
volumes: { data: }
`;
export const watched = plain.replace('image: nginx', 'image: nginx, x-heddle: { manage: { flows: true } }');

export const guarded = plain.replace(
  'image: mariadb',
  'image: mariadb, x-heddle: { manage: { firewall: { ingress: [{ ports: ["3306/tcp"], from: [web] }] } } }',
);

export const stepsOf = (spec: DeploymentSpec, observed: Observed, options: Partial<PlanOptions> = {}) =>
  plan(spec, observed, { hash, mode: 'up', ...options }).steps;
export const ids = (spec: DeploymentSpec, observed: Observed, options: Partial<PlanOptions> = {}) =>
  stepsOf(spec, observed, options).map((step) => step.id);

export const heal = { mode: 'heal', settled: true, mayRestart: () => true } as const;
