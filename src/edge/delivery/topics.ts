import { controllerSubject, isRecipient, siteOf } from '../ca/subjects.ts';

const root = 'heddle/edge';

/** The controller's signs of life. */
export const aliveTopic = `${root}/alive`;
/** What the authority revoked. */
export const revocationsTopic = `${root}/revocations`;
/** Choices of sites that do not follow from distances, for a controller that takes over. */
export const choicesTopic = `${root}/choices`;
/** Everything that gateways and proxies say of themselves. */
export const telemetryFilter = `${root}/telemetry/+/+`;

/** How many changes of a view the broker can keep after a snapshot, each in a place of its own. */
export const deltaPlaces = 4096;

/** The whole view that somebody is given. */
export function snapshotTopic(subject: string): string {
  return `${root}/view/${subject}/snapshot`;
}

/** A change in one of these places. */
export function deltaTopic(subject: string, place: number): string {
  return `${root}/view/${subject}/delta/${place}`;
}

/** Whom a gateway measures. */
export function peersTopic(subject: string): string {
  return `${root}/view/${subject}/peers`;
}

/** All that is published for somebody. */
export function viewFilter(subject: string): string {
  return `${root}/view/${subject}/#`;
}

/** What a gateway tells: where it stands, and how far others are. */
const telemetry = ['status', 'distances'] as const;
export type Telemetry = (typeof telemetry)[number];

export function telemetryTopic(subject: string, what: Telemetry): string {
  return `${root}/telemetry/${subject}/${what}`;
}

/** The site that a topic of a gateway's telemetry is of. */
export function telemetrySite(topic: string): string | undefined {
  return siteOf(topic.split('/')[3] ?? '');
}

/** What is published under a topic of a controller's: `snapshot`, `delta`, `peers`, `alive`, `choices` or `revocations`. */
export function topicKind(topic: string): string {
  const [, , first = '', , kind] = topic.split('/');
  return kind ?? first;
}

/** Whether somebody may subscribe to a filter. packaging/mosquitto has the same rules for Mosquitto. */
export function mayRead(subject: string, filter: string): boolean {
  if (subject === controllerSubject) return filter.startsWith(`${root}/`);
  if (!isRecipient(subject)) return false;
  return (
    filter === aliveTopic || filter === revocationsTopic || filter.startsWith(`${root}/view/${subject}/`)
  );
}

/** Whether somebody may publish under a topic. */
export function mayWrite(subject: string, topic: string): boolean {
  if (subject === controllerSubject) return topic.startsWith(`${root}/`);
  return isRecipient(subject) && telemetry.some((what) => topic === telemetryTopic(subject, what));
}
