// Calls of the daemon: protobuf's JSON over the admin port, with the API's own token.

export class ApiError extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

// In place of an HTTP status.
export const UNREACHABLE = 0;

const TOKEN_KEY = "picost-token";
let askForToken: (why: string) => void = () => {};

export function onTokenNeeded(ask: (why: string) => void): void {
  askForToken = ask;
}

// Kept for this tab alone.
export function setToken(token: string): void {
  sessionStorage.setItem(TOKEN_KEY, token);
}

// method: "Studies/GetStudy". Absent fields of answers have their default. optional: the
// view stands without it, so that a role that may not ask is not asked for another token.
export async function call<T>(method: string, request: object, optional = false): Promise<T> {
  const headers: Record<string, string> = {"Content-Type": "application/json"};
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (token) headers["Authorization"] = "Bearer " + token;
  const response = await fetch("/api/picost.v1." + method, {
    method: "POST", headers, body: JSON.stringify(request), cache: "no-store", redirect: "error",
  }).catch(() => { throw new ApiError("The daemon does not answer; trying again.", UNREACHABLE); });
  const answer = await response.json().catch(() => ({message: "the daemon's answer is no JSON"}));
  if (response.ok) return answer as T;
  const message = String(answer.message ?? response.statusText);
  if (response.status === 401 || (response.status === 403 && !optional)) askForToken(message);
  throw new ApiError(message, response.status);
}

// All pages of a List method.
export async function listAll<T>(method: string, field: string, request: object = {}): Promise<T[]> {
  const all: T[] = [];
  let token = "";
  do {
    const page = await call<Record<string, unknown>>(
        method, {...request, page_size: 1000, page_token: token});
    all.push(...((page[field] ?? []) as T[]));
    token = String(page["next_page_token"] ?? "");
  } while (token);
  return all;
}
