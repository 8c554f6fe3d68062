import { inNamespace } from '../../src/networks/ip.ts';
import { podEndOf } from '../../src/networks/path/patch/names.ts';
import { Panel } from '../../src/networks/path/patch/panel.ts';
import { passagesAt } from '../../src/networks/path/patch/passage.ts';
import { linksIn } from '../../src/networks/path/patch/scene.ts';
import { preference, TimedEnds } from '../../src/networks/path/telemetry/timed-ends.ts';

/**
 * Has what passes the functions of a project be counted and timed, or passed by without. As much is done for the one as for the
 * other: what runs beside a stream takes its time from it.
 */
export async function switchTelemetry(project: string, isOn: boolean): Promise<void> {
  const panel = new Panel(project);
  const links = await linksIn(panel.namespace);
  const ends = links.flatMap((link) => podEndOf(link) ?? []);
  const passages = ends.flatMap((end) => passagesAt(end, links));
  const attend = () => new TimedEnds(panel).attend(passages);
  if (!isOn) await attend();
  await takeOff(
    panel,
    passages.flatMap(({ ports }) => Object.values(ports)),
  );
  if (isOn) await attend();
}

async function takeOff(panel: Panel, ports: readonly string[]): Promise<void> {
  const lines = ports.flatMap((port) =>
    ['ingress', 'egress'].map((hook) => `filter del dev ${port} ${hook} pref ${preference}`),
  );
  // After a turn without, they do not hang there.
  await inNamespace(panel.namespace, ['tc', '-force', '-batch', '-'], `${lines.join('\n')}\n`).catch(
    () => {},
  );
}
