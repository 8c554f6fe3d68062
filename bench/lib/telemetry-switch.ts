import { inNamespace } from '../../src/networks/ip.ts';
import { passageOf, podEndOf } from '../../src/networks/path/patch/names.ts';
import { Panel } from '../../src/networks/path/patch/panel.ts';
import { passagesAt } from '../../src/networks/path/patch/passage.ts';
import { linksIn } from '../../src/networks/path/patch/scene.ts';
import { preference, TimedEnds } from '../../src/networks/path/telemetry/timed-ends.ts';

/** Has what passes the functions of a project be counted and timed, or passed by without. */
export async function switchTelemetry(project: string, isOn: boolean): Promise<void> {
  const panel = new Panel(project);
  const links = await linksIn(panel.namespace);
  if (isOn) {
    const ends = links.flatMap((link) => podEndOf(link) ?? []);
    await new TimedEnds(panel).attend(ends.flatMap((end) => passagesAt(end, links)));
    return;
  }
  const ports = links.filter((link) => passageOf(link));
  const lines = ports.flatMap(({ ifname }) =>
    ['ingress', 'egress'].map((hook) => `filter del dev ${ifname} ${hook} pref ${preference}`),
  );
  // At the first time they hang there, and later they do not.
  await inNamespace(panel.namespace, ['tc', '-force', '-batch', '-'], `${lines.join('\n')}\n`).catch(
    () => {},
  );
}
