/** Why a request failed: the server said no (RFC 9457), or could not be reached. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** The HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** What is wrong and what to do, in the server's words. */
    readonly detail: string,
    /** The field of the request that is wrong, where it is one. */
    readonly field: string | null = null,
    /** Seconds after which it may be tried again, where the server said so. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
  }

  /** No answer came: the network or the server is away. */
  static unreachable(): Problem {
    return new Problem(0, '');
  }

  /** Reads a response that is no success. */
  static async of(response: Response): Promise<Problem> {
    const body: unknown = await response.json().catch(() => null);
    const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
    const text = (key: string) => (typeof fields[key] === 'string' ? fields[key] : null);
    const wait = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
    const detail = text('detail') ?? text('title') ?? response.statusText;
    return new Problem(response.status, detail, text('field'), Number.isFinite(wait) ? wait : null);
  }
}
