/** Stands for the `auth` that Auth.js gives an app. */
export async function auth(): Promise<{ readonly user?: { readonly id?: string } } | null> {
  return null
}
