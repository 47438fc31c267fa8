import nextEnv from '@next/env'
import type { Environment } from '@authpipe/next/inspect'

/** What the app runs as: Next.js reads other files for each. */
export type Mode = 'development' | 'production'

/** The mode that is asked for, else that of the environment. */
export function modeOf(production: boolean | undefined): Mode {
  return (production ?? process.env.NODE_ENV === 'production') ? 'production' : 'development'
}

/**
 * The variables that an app would have: those of this process, then those of `.env` and its like, read by Next.js's own reader.
 * They are those of this process from then on.
 *
 * @see https://nextjs.org/docs/app/guides/environment-variables
 */
export function loadEnvironment(directory: string, mode: Mode): Environment {
  // Its log would print what it could not read.
  const silent = { info: () => undefined, error: () => undefined }
  const { combinedEnv } = nextEnv.loadEnvConfig(directory, mode === 'development', silent, true)
  return { ...combinedEnv, NODE_ENV: mode }
}
