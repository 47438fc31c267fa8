/** Why a request failed, without what it holds of the request: the code of a system error, such as `ECONNREFUSED`, else the error's name. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  // Node keeps the system's error behind its own, others do not.
  const system = error.cause instanceof Error ? error.cause : error
  return 'code' in system && typeof system.code === 'string' ? system.code : error.name
}
