import type { paths } from './schema';
import { Problem } from './problem';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Operation<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never;

/** The paths that know a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: Operation<P, M> extends { responses: unknown } ? P : never;
}[keyof paths];

type Json<T> = T extends { content: { 'application/json': infer B } } ? B : undefined;
/** What the server answers on success. */
export type Answer<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R }
    ? { [S in keyof R]: S extends 200 | 201 ? Json<R[S]> : S extends 204 ? undefined : never }[keyof R]
    : never;

type InPath<O> = O extends { parameters: { path: infer V } } ? { path: V } : { path?: undefined };
type InQuery<O> = O extends { parameters: { query?: infer V } } ? { query?: V } : { query?: undefined };
type InBody<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { 'application/json': infer B } } }
    ? { body?: B }
    : { body?: undefined };
/** What a request carries. */
export type Wanted<P extends keyof paths, M extends Method> = InPath<Operation<P, M>> &
  InQuery<Operation<P, M>> &
  InBody<Operation<P, M>>;

/** What a request carries, whatever the operation. */
interface Loose {
  readonly path?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** Milliseconds after which a request counts as unanswered. */
const PATIENCE_MS = 10_000;

/** Typed requests to the server, with the cookie of the login and its token against forgery. */
export class Rest {
  #csrf: string | null = null;
  /** Told when the server no longer knows the login. */
  onLoggedOut: () => void = () => {};
  /** Told what time it is at the server (RFC 9110 section 6.6.1), to the second. */
  onTime: (server: number) => void = () => {};

  constructor(private readonly fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)) {}

  /** Requests that change something carry this from now on. */
  trust(csrf: string | null): void {
    this.#csrf = csrf;
  }

  async get<P extends PathOf<'get'>>(path: P, wanted: Wanted<P, 'get'>): Promise<Answer<P, 'get'>> {
    return (await this.#described('get', path, wanted)) as Answer<P, 'get'>;
  }

  async post<P extends PathOf<'post'>>(path: P, wanted: Wanted<P, 'post'>): Promise<Answer<P, 'post'>> {
    return (await this.#described('post', path, wanted)) as Answer<P, 'post'>;
  }

  async put<P extends PathOf<'put'>>(path: P, wanted: Wanted<P, 'put'>): Promise<Answer<P, 'put'>> {
    return (await this.#described('put', path, wanted)) as Answer<P, 'put'>;
  }

  async patch<P extends PathOf<'patch'>>(path: P, wanted: Wanted<P, 'patch'>): Promise<Answer<P, 'patch'>> {
    return (await this.#described('patch', path, wanted)) as Answer<P, 'patch'>;
  }

  async delete<P extends PathOf<'delete'>>(path: P, wanted: Wanted<P, 'delete'>): Promise<void> {
    await this.#described('delete', path, wanted);
  }

  /** Removes something of a thing, and answers how the thing is without it. */
  async deleted<P extends PathOf<'delete'>>(path: P, wanted: Wanted<P, 'delete'>): Promise<Answer<P, 'delete'>> {
    return (await this.#described('delete', path, wanted)) as Answer<P, 'delete'>;
  }

  #described(method: Method, path: string, wanted: Loose): Promise<unknown> {
    return this.send(method, address(path, wanted.path ?? {}, wanted.query ?? {}), wanted.body);
  }

  /** A request whose path is complete. Use the typed ones where the OpenAPI document knows the path. */
  async send(method: Method, path: string, body?: unknown): Promise<unknown> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (method !== 'get' && this.#csrf !== null) headers['x-csrf-token'] = this.#csrf;
    const request: RequestInit = { method: method.toUpperCase(), headers, credentials: 'same-origin' };
    if (body !== undefined) request.body = JSON.stringify(body);
    const response = await this.#answered(path, request);
    const time = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(time)) this.onTime(time);
    if (response.status === 204) return undefined;
    if (response.ok) return response.json();
    if (response.status === 401 && path !== '/api/v1/login') this.onLoggedOut();
    throw await Problem.of(response);
  }

  async #answered(path: string, request: RequestInit): Promise<Response> {
    try {
      return await this.fetch(path, { ...request, signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch {
      throw Problem.unreachable();
    }
  }
}

/** A path with its parts put in: `/api/v1/sessions/{id}` becomes `/api/v1/sessions/01a2…`. */
export function address(path: string, names: object, query: object): string {
  const named = names as Record<string, unknown>;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(named[name] ?? '')));
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(wanted.map(([key, value]) => [key, String(value)]));
  return wanted.length > 0 ? `${filled}?${search}` : filled;
}
