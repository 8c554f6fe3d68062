/** What the API server refused a request with. */
export class ApiError extends Error {
  /** HTTP's. */
  readonly status: number;

  /** @param body as it came: a Status object, or text of what stands between */
  constructor(status: number, body: string) {
    super(`${status} ${messageOf(body)}`);
    this.status = status;
  }
}

function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body);
    if (typeof message === 'string') return message;
  } catch {
    // Not of the API server.
  }
  return body.slice(0, 200);
}
