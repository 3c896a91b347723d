/** The bearer token: comes in the URL fragment (never sent to a server), is kept for this tab, leaves the address bar. */

const KEY = "drover.token";

/** Token in `#token=...`, or "". */
export function tokenOfFragment(fragment: string): string {
  return new URLSearchParams(fragment.replace(/^#/, "")).get("token")?.trim() ?? "";
}

/** A token goes into a header and a WebSocket subprotocol: RFC 9110 token characters only. */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]{1,512}$/.test(text);
}

export function takeToken(): string {
  const given = tokenOfFragment(window.location.hash);
  if (given !== "") {
    sessionStorage.setItem(KEY, given);
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }
  const token = sessionStorage.getItem(KEY) ?? "";
  return isToken(token) ? token : "";
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}
