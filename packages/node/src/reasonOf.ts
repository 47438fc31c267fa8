/** Why a request failed, without what it holds of the request: the code of a system error, such as `ECONNREFUSED`, else the error's name. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { cause } = error
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error.name
}
