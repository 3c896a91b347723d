/** REST with the bearer token; whatever goes wrong becomes one ApiError that says what to do. */
import type { Problem } from "./types";

const TIMEOUT_MS = 15_000;

export class ApiError extends Error {
  readonly status: number;
  readonly fix: string;
  constructor(message: string, status: number, fix = "") {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.fix = fix;
  }
}

export class Api {
  readonly token: string;
  constructor(token: string) {
    this.token = token;
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>("GET", path);
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.call<T>("POST", path, body);
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    let response: Response;
    try {
      response = await fetch(`/api/v1${path}`, {
        method,
        headers: { Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new ApiError("The server cannot be reached; nothing is known to have changed.", 0, "Try again when the feed is back.");
    }
    const text = await response.text();
    if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as T;
    throw problemOf(response.status, text);
  }
}

/** The body of a refusal as an error; a body that is no problem document still gives its status. */
export function problemOf(status: number, text: string): ApiError {
  let problem: Problem = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) problem = parsed as Problem;
  } catch {
    // a proxy's HTML page: the status below says enough
  }
  const said = [problem.field, typeof problem.detail === "string" ? problem.detail : problem.title].filter(Boolean).join(": ");
  return new ApiError(said || `The server answered ${status}.`, status, problem.fix ?? "");
}

/** A path segment: names may hold spaces, slashes, any letter. */
export function segment(name: string): string {
  return encodeURIComponent(name);
}
