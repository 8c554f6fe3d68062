import { expect, test } from 'vitest';
import { type ControllerFigures, controllerText } from './controller-families.ts';

const waiting: ControllerFigures = {
  acts: undefined,
  sites: [{ site: 'oulu', published: undefined, status: undefined }],
  sent: [],
  sources: [{ source: 'edge.yaml', isReachable: false, errors: 2, readAt: undefined }],
  problems: 1,
  certificates: [],
};
const lines = async (figures: ControllerFigures) => (await controllerText(figures)).split('\n');

test('a controller that waits says so, and nothing of what it would publish', async () => {
  const shown = await lines(waiting);
  expect(shown).toContain('heddle_edge_controller_acting 0');
  expect(shown).toContain('heddle_edge_source_errors_total{source="edge.yaml"} 2');
  expect(shown.join()).not.toMatch(
    /gateway_seen\{|controller_epoch|published_version|up_to_date|read_timestamp/,
  );
});

test('one that acts shows what it gave to whom, and who has it', async () => {
  const published = { epoch: 7, version: 3 };
  const status = { ...published, stale: false, serial: 1 };
  const shown = await lines({
    ...waiting,
    acts: { epoch: 7, isConnected: true },
    sites: [
      { site: 'oulu', published, status },
      { site: 'berlin', published, status: { ...status, version: 2 } },
      { site: 'madrid', published, status: { ...status, epoch: 6 } },
      { site: 'rome', published, status: { ...status, stale: true } },
      { site: 'paris', published, status: undefined },
    ],
    sent: [{ kind: 'delta', messages: 4, bytes: 400 }],
  });
  expect(shown).toContain('heddle_edge_controller_acting 1');
  expect(shown).toContain('heddle_edge_controller_epoch 7');
  expect(shown).toContain('heddle_edge_published_bytes_total{kind="delta"} 400');
  expect(shown.filter((line) => line.startsWith('heddle_edge_gateway_up_to_date'))).toEqual([
    'heddle_edge_gateway_up_to_date{site="oulu"} 1',
    'heddle_edge_gateway_up_to_date{site="berlin"} 0',
    'heddle_edge_gateway_up_to_date{site="madrid"} 0',
    'heddle_edge_gateway_up_to_date{site="rome"} 0',
    'heddle_edge_gateway_up_to_date{site="paris"} 0',
  ]);
});
