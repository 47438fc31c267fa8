import type { Principal } from '../src/principal.ts'

/** Who is signed in to a test's app: its cookie says so. */
export function readPrincipal(request: Request): Principal | null {
  const signedIn = /(?:^|; )app=([^;/]+)\/([^;]+)/.exec(request.headers.get('cookie') ?? '')
  return signedIn ? { tenantId: signedIn[1] ?? '', userId: signedIn[2] ?? '' } : null
}
