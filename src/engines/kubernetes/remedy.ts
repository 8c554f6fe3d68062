import { ApiError } from './api-error.ts';

const forbidden = 403;
const unknown = 401;

/** What an API server refused, in its words, which name the right that is missing, and how that is given. */
export function withRemedy(error: Error): string {
  if (!(error instanceof ApiError)) return error.message;
  const remedy = remedyOf(error.status);
  return remedy === undefined ? error.message : `${error.message} (${remedy})`;
}

function remedyOf(status: number): string | undefined {
  if (status === forbidden)
    return 'the roles of the package give that right: kubectl apply -f packaging/kubernetes/heddle-edge.yaml';
  if (status === unknown) return 'the API server does not know who asks: see the user in the kubeconfig';
  return undefined;
}
