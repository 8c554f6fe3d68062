/** What the API server refused a request with. */
export class ApiError extends Error {
  /** HTTP's. */
  readonly status: number;
  /** Milliseconds that it asks to be left alone for. */
  readonly retryAfter: number;

  /**
   * @param body as it came: a Status object, or text of what stands between
   * @param retryAfter seconds, as the header of that name has them
   */
  constructor(status: number, body: string, retryAfter = 0) {
    super(`${status} ${messageOf(body)}`);
    this.status = status;
    this.retryAfter = Number.isFinite(retryAfter) ? Math.min(Math.max(0, retryAfter), 30) * 1000 : 0;
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
