// Who is asking: what the host app's `identify` says, or nobody.
import { createError } from '@authpipe/core'

/** A signed-in user of a tenant. */
export interface Principal {
  readonly tenantId: string
  readonly userId: string
}

/** The host app's answer to "who is signed in?"; `null` when nobody is. */
export type Identify = (request: Request) => Promise<Principal | null> | Principal | null

/** Longest tenant or user id, in UTF-16 code units. */
export const maxIdLength = 256

/** Whether a value can be a tenant or user id: a string that is not empty, not too long and has no control characters. */
export function isId(value: unknown): value is string {
  // eslint-disable-next-line no-control-regex
  return typeof value === 'string' && value.length > 0 && value.length <= maxIdLength && !/[\u0000-\u001f\u007f]/.test(value) && value.isWellFormed()
}

/**
 * Asks the host app who is signed in, and believes only a whole answer in time.
 *
 * @param timeoutMs - how long `identify` may take
 * @throws {AuthpipeError} `unauthenticated` when nobody is signed in, or `identify` throws, hangs or answers something else
 */
export async function resolvePrincipal(identify: Identify, request: Request, timeoutMs: number): Promise<Principal> {
  const answer = await answerInTime(identify, request, timeoutMs)
  if (answer === null) throw createError('unauthenticated', 'Nobody is signed in. Sign in to the app and try again.')
  const { tenantId, userId } = typeof answer === 'object' ? answer : { tenantId: undefined, userId: undefined }
  if (!isId(tenantId) || !isId(userId)) {
    throw createError('unauthenticated', '"identify" must answer { tenantId, userId } with two non-empty strings, or null when nobody is signed in.')
  }
  return { tenantId, userId }
}

async function answerInTime(identify: Identify, request: Request, timeoutMs: number): Promise<Partial<Principal> | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`identify took longer than ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return (await Promise.race([identify(request), late])) ?? null
  } catch (cause) {
    throw createError('unauthenticated', 'The app could not tell who is signed in. Try again; if it stays, see what "identify" does.', { cause })
  } finally {
    clearTimeout(timer)
  }
}

/** Whether two principals are the same user of the same tenant. */
export function isSamePrincipal(one: Principal, other: Principal): boolean {
  return one.tenantId === other.tenantId && one.userId === other.userId
}
