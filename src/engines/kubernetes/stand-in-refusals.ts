// For tests: what the stand-in for an API server refuses, as a real one does.

export interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly uid?: string;
  };
}

export function status(code: number, message: string) {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code };
}

export function whyNotCreated(
  { metadata: { name, resourceVersion } }: StoredObject,
  found: StoredObject | undefined,
) {
  if (found) return { ...status(409, `"${name}" already exists`), reason: 'AlreadyExists' };
  if (resourceVersion) return status(500, 'resourceVersion should not be set on objects to be created');
  return undefined;
}

export function whyNotReplaced(
  { metadata: { name, resourceVersion, uid } }: StoredObject,
  found: StoredObject | undefined,
  wanted: string | undefined,
) {
  if (name !== wanted)
    return { ...status(400, 'the name of the object does not match the URL'), reason: 'BadRequest' };
  if (uid && uid !== found?.metadata.uid)
    return { ...status(409, 'Precondition failed: UID'), reason: 'Conflict' };
  // A Lease that is gone is made; of other kinds it would be missed.
  if (!found || resourceVersion === found.metadata.resourceVersion) return undefined;
  // Of other kinds, who names no version replaces what he has not seen.
  if (!resourceVersion)
    return { ...status(422, 'metadata.resourceVersion: must be specified for an update'), reason: 'Invalid' };
  return { ...status(409, 'the object has been modified'), reason: 'Conflict' };
}

export const tooOld = { ...status(410, 'too old resource version'), reason: 'Gone' };
