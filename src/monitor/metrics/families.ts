import { chainFamilies } from './chain-families.ts';
import type { Family } from './family.ts';
import { jobFamilies } from './job-families.ts';
import { scalingFamilies } from './scaling-families.ts';
import type { ApplicationSnapshot } from './snapshot.ts';

type ApplicationFamily = Family<ApplicationSnapshot>;

/** What every application has. What its features measure stands with them. */
export const families: readonly ApplicationFamily[] = [
  {
    name: 'heddle_containers',
    type: 'gauge',
    help: 'Containers of an application, by role and state.',
    values: ({ containers }) =>
      [...Map.groupBy(containers, ({ role, state }) => `${role} ${state}`).values()].map((group) => ({
        labels: { role: group[0]?.role ?? '', state: group[0]?.state ?? '' },
        value: group.length,
      })),
  },
  container(
    'heddle_container_cpu_seconds_total',
    'counter',
    'CPU that a container has used.',
    ({ cpu }) => cpu,
  ),
  container(
    'heddle_container_memory_bytes',
    'gauge',
    'Memory that a container uses.',
    ({ memory }) => memory,
  ),
  container(
    'heddle_container_sent_bytes_total',
    'counter',
    'Bytes sent: by an application on its networks, by management on its link.',
    ({ sent }) => sent,
  ),
  container(
    'heddle_container_received_bytes_total',
    'counter',
    'Bytes received: by an application on its networks, by management on its link.',
    ({ received }) => received,
  ),
  {
    name: 'heddle_over_budget',
    type: 'gauge',
    help: '1 for a container that was over its budget for a minute; detached says whether it was taken away.',
    values: ({ overBudget }) =>
      overBudget.map(({ container: name, detached }) => ({
        labels: { container: name, detached: String(detached) },
        value: 1,
      })),
  },
  ...chainFamilies,
  ...scalingFamilies,
  ...jobFamilies,
  {
    name: 'heddle_feature_up',
    type: 'gauge',
    help: '1 when the agents or the collector of a feature answered this scrape.',
    values: ({ answered }) =>
      Object.entries(answered).map(([feature, up]) => ({ labels: { feature }, value: up ? 1 : 0 })),
  },
];

function container(
  name: string,
  type: ApplicationFamily['type'],
  help: string,
  figure: (sample: ApplicationSnapshot['used'][number]['sample']) => number,
): ApplicationFamily {
  const values: ApplicationFamily['values'] = ({ used }) =>
    used.map(({ subject, sample }) => ({
      labels: {
        container: subject.name,
        pod: subject.pod,
        service: subject.service ?? '',
        role: subject.role,
        feature: subject.feature ?? '',
      },
      value: figure(sample),
    }));
  return { name, type, help, values };
}
