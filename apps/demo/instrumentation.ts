/** Starts what runs beside requests with the server: tokens are refreshed and connections checked although nobody has come yet. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  // Before Authpipe, which tells the meter provider that it finds when it starts.
  const { startRecorder } = await import('./recorder.ts')
  startRecorder()
  const { authpipe } = await import('./authpipe.ts')
  await authpipe.start()
}
