/** Which of two requests for one job came first. */

/** Ids of requests are `<job>`, then `<job>.<n>`, where a longer n is newer. */
export function isOlder(request: string, than: string | undefined): boolean {
  if (than === undefined || request === than) return false;
  return request.length < than.length || (request.length === than.length && request < than);
}
