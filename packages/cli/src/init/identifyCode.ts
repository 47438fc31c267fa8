import { importSpecifier, type NextApp } from '../app/findNextApp.ts'
import type { AuthLibrary } from '../app/authLibraries.ts'
import { findAuthPiece, type FoundPiece } from '../app/findAuthLibrary.ts'

/** Code that answers who is signed in. */
export interface IdentifyCode {
  readonly imports: readonly string[]
  /** The option `identify`, indented as an option is, with the comment above it. */
  readonly option: string
  /** What could not be found and has to be looked at. */
  readonly remark?: string
}

const tenantRemark = "Each user is a tenant of their own here. If yours belong to organizations, answer the organization's id as tenantId."

/** Writes `identify` for the library that an app signs people in with. */
export function writeIdentify(app: NextApp, library: AuthLibrary, serverFile: string): IdentifyCode {
  const piece = findAuthPiece(app, library)
  const code = writers[library]({ app, piece })
  const own = piece ? [`import { ${code.names ?? piece.name} } from '${importSpecifier(app, serverFile, piece.file)}'`] : []
  return {
    imports: [...(code.imports ?? []), ...own],
    option: [...code.comment.map((line) => `  // ${line}`), `  identify: ${code.body.join('\n  ')},`].join('\n'),
    ...(piece && !piece.isFound ? { remark: `${serverFile} imports "${piece.name}" from where ${titles[library]} usually has it: correct the import if it is elsewhere.` } : {}),
  }
}

export const titles: Readonly<Record<AuthLibrary, string>> = {
  authjs: 'Auth.js',
  'next-auth': 'NextAuth.js 4',
  'better-auth': 'Better Auth',
  clerk: 'Clerk',
  'iron-session': 'iron-session',
  supabase: 'Supabase',
  none: 'none',
}

interface Code {
  readonly imports?: readonly string[]
  /** What is imported from the app's own file, where that is more than the piece. */
  readonly names?: string
  readonly comment: readonly string[]
  readonly body: readonly string[]
}

const writers: Readonly<Record<AuthLibrary, (place: { readonly app: NextApp; readonly piece: FoundPiece | undefined }) => Code>> = {
  authjs: ({ piece }) => ({
    comment: [tenantRemark, 'With JWT sessions Auth.js gives the id only where your callback "session" does: session.user.id = token.sub'],
    body: ['async () => {', `  const userId = (await ${piece?.name}())?.user?.id`, '  return userId ? { tenantId: userId, userId } : null', '}'],
  }),
  'next-auth': ({ piece }) => ({
    imports: [`import { getServerSession } from 'next-auth'`],
    comment: [tenantRemark, 'The e-mail address is what a session has without a callback of yours: better let "session" add the id, since addresses change.'],
    body: ['async () => {', `  const userId = (await getServerSession(${piece?.name}))?.user?.email`, '  return userId ? { tenantId: userId, userId } : null', '}'],
  }),
  'better-auth': ({ piece }) => ({
    comment: [tenantRemark],
    body: ['async (request) => {', `  const session = await ${piece?.name}.api.getSession({ headers: request.headers })`, '  return session && { tenantId: session.user.id, userId: session.user.id }', '}'],
  }),
  clerk: () => ({
    imports: [`import { auth } from '@clerk/nextjs/server'`],
    comment: ['Somebody who is in no organization is a tenant of their own.'],
    body: ['async () => {', '  const { userId, orgId } = await auth()', '  return userId ? { tenantId: orgId ?? userId, userId } : null', '}'],
  }),
  'iron-session': ({ app, piece }) => {
    const type = app.isTypeScript ? (/export\s+(?:interface|type)\s+(\w*Session\w*)/.exec(piece?.text ?? '')?.[1] ?? 'SessionData') : undefined
    return {
      imports: [`import { getIronSession } from 'iron-session'`, `import { cookies } from 'next/headers'`],
      names: type === undefined ? `${piece?.name}` : `${piece?.name}, type ${type}`,
      comment: [tenantRemark, 'Name the member of your session that holds the id of the user.'],
      body: [
        'async () => {',
        `  const { userId } = await getIronSession${type === undefined ? '' : `<${type}>`}(await cookies(), ${piece?.name})`,
        '  return userId ? { tenantId: userId, userId } : null',
        '}',
      ],
    }
  },
  supabase: ({ piece }) => ({
    comment: [tenantRemark],
    body: ['async () => {', `  const { data } = await (await ${piece?.name}()).auth.getUser()`, '  return data.user && { tenantId: data.user.id, userId: data.user.id }', '}'],
  }),
  none: () => ({
    comment: ['Say who is signed in, from your own session. Until then everybody is one person in development, and nobody is anybody in production.'],
    body: [`() => (process.env.NODE_ENV === 'development' ? { tenantId: 'org_acme', userId: 'user_123' } : null)`],
  }),
}
