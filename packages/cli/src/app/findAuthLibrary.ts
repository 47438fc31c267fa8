// Which library signs people in to an app, and where the app has set it up.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuthLibrary } from './authLibraries.ts'
import type { NextApp } from './findNextApp.ts'
import { findSource } from './findSource.ts'
import { majorOf } from './packageJson.ts'

/** The library of an app, by its dependencies. */
export function findAuthLibrary({ directory, packageJson }: NextApp): AuthLibrary {
  const has = (name: string): boolean => packageJson.dependencies[name] !== undefined
  if (has('next-auth')) return majorOf(directory, packageJson, 'next-auth') === 4 ? 'next-auth' : 'authjs'
  if (has('better-auth')) return 'better-auth'
  if (has('@clerk/nextjs')) return 'clerk'
  if (has('iron-session')) return 'iron-session'
  return has('@supabase/ssr') ? 'supabase' : 'none'
}

/** What of a library `identify` needs from the app's own code. */
interface Piece {
  /** Files in which apps have it, the usual one first, without an extension. */
  readonly files: readonly string[]
  /** Finds the name of the export. */
  readonly pattern: RegExp
  readonly usualName: string
}

const pieces: Readonly<Partial<Record<AuthLibrary, Piece>>> = {
  authjs: {
    files: ['auth', 'lib/auth', 'server/auth', 'app/auth', 'auth/index', 'utils/auth'],
    pattern: /export\s+const\s+\{[^}]*\b(auth)\b[^}]*\}\s*=\s*NextAuth\b|export\s+(?:const|async\s+function)\s+(auth)\b/,
    usualName: 'auth',
  },
  'next-auth': {
    files: ['lib/auth', 'auth', 'lib/authOptions', 'lib/auth-options', 'server/auth', 'utils/auth', 'app/api/auth/[...nextauth]/options', 'app/api/auth/[...nextauth]/route'],
    pattern: /export\s+const\s+(\w+)\s*:\s*(?:NextAuthOptions|AuthOptions)\b|export\s+const\s+(authOptions|authConfig|options)\b/,
    usualName: 'authOptions',
  },
  'better-auth': {
    files: ['lib/auth', 'auth', 'utils/auth', 'server/auth', 'lib/auth/index', 'lib/auth/server', 'app/lib/auth', 'server/auth/index'],
    pattern: /export\s+const\s+(\w+)\s*=\s*betterAuth\b/,
    usualName: 'auth',
  },
  'iron-session': {
    files: ['lib/session', 'session', 'lib/iron-session', 'lib/auth', 'app/lib/session', 'app/lib', 'lib', 'utils/session', 'server/session'],
    pattern: /export\s+const\s+(\w*[oO]ptions)\b/,
    usualName: 'sessionOptions',
  },
  supabase: {
    files: ['lib/supabase/server', 'utils/supabase/server', 'lib/supabase', 'supabase/server', 'utils/supabase', 'lib/supabase-server'],
    pattern: /export\s+(?:async\s+)?(?:function|const)\s+(create\w*|get\w*)\b/,
    usualName: 'createClient',
  },
}

export interface FoundPiece {
  /** Below the app's directory, without an extension. */
  readonly file: string
  readonly name: string
  /** Whether the app has it there; else it is where apps usually have it. */
  readonly isFound: boolean
  /** What stands in the file. */
  readonly text: string
}

/** Finds the app's own export that a library is used by. @returns `undefined` for one that needs none */
export function findAuthPiece(app: NextApp, library: AuthLibrary): FoundPiece | undefined {
  const piece = pieces[library]
  if (!piece) return undefined
  // A file of a TypeScript app may be at the root although its pages are below src.
  const candidates = piece.files.flatMap((file) => [...new Set([join(app.sources, file), file])])
  for (const file of candidates) {
    const path = findSource(join(app.directory, file))
    const text = path === undefined ? '' : readFileSync(path, 'utf8')
    const match = piece.pattern.exec(text)
    if (match) return { file, name: match.slice(1).find((name) => name !== undefined) ?? piece.usualName, isFound: true, text }
  }
  return { file: join(app.sources, piece.files[0] ?? ''), name: piece.usualName, isFound: false, text: '' }
}
