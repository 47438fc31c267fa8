/** Makes the tables of Better Auth, before anybody can come. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { getMigrations } = await import('better-auth/db/migration')
  const { auth } = await import('./lib/auth')
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
}
