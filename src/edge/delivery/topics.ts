import { controllerSubject, gatewaySubject, siteOf } from './ca/subjects.ts';

const root = 'heddle/edge';

/** The controller's signs of life. */
export const aliveTopic = `${root}/alive`;
/** What the authority revoked. */
export const revocationsTopic = `${root}/revocations`;
/** Everything that gateways say of themselves. */
export const telemetryFilter = `${root}/telemetry/+/+`;

/** How many changes of a view the broker keeps, each in a place of its own, before their places are used again. */
export const deltaPlaces = 256;

/** The whole view of a site. */
export function snapshotTopic(site: string): string {
  return `${root}/view/${gatewaySubject(site)}/snapshot`;
}

/** The change that leads to a version. */
export function deltaTopic(site: string, version: number): string {
  return `${root}/view/${gatewaySubject(site)}/delta/${version % deltaPlaces}`;
}

/** Whom the gateway of a site measures. */
export function peersTopic(site: string): string {
  return `${root}/view/${gatewaySubject(site)}/peers`;
}

/** All that is published for a site. */
export function viewFilter(site: string): string {
  return `${root}/view/${gatewaySubject(site)}/#`;
}

/** What a gateway tells: where it stands, and how far others are. */
const telemetry = ['status', 'distances'] as const;
export type Telemetry = (typeof telemetry)[number];

export function telemetryTopic(site: string, what: Telemetry): string {
  return `${root}/telemetry/${gatewaySubject(site)}/${what}`;
}

/** The site that a topic of telemetry is of. */
export function telemetrySite(topic: string): string | undefined {
  return siteOf(topic.split('/')[3] ?? '');
}

/** Whether somebody may subscribe to a filter. packaging/mosquitto has the same rules for Mosquitto. */
export function mayRead(subject: string, filter: string): boolean {
  if (subject === controllerSubject) return filter.startsWith(`${root}/`);
  if (siteOf(subject) === undefined) return false;
  return (
    filter === aliveTopic || filter === revocationsTopic || filter.startsWith(`${root}/view/${subject}/`)
  );
}

/** Whether somebody may publish under a topic. */
export function mayWrite(subject: string, topic: string): boolean {
  if (subject === controllerSubject) return topic.startsWith(`${root}/`);
  const site = siteOf(subject);
  return site !== undefined && telemetry.some((what) => topic === telemetryTopic(site, what));
}
